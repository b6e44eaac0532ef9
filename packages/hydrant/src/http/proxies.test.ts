import { expect, test } from 'vitest';
import { isTrustedProxy } from './proxies.js';

test('an address is trusted where it lies in one of the networks, whichever way it is written', () => {
  const networks = ['10.0.0.0/8', 'fd00::/8'];
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1'])
    expect(isTrustedProxy(networks, address)).toBe(true);
  for (const address of ['11.0.0.1', 'fe80::1', '::1', '', 'nonsense', '10.0.0.1/8'])
    expect(isTrustedProxy(networks, address)).toBe(false);
});

test('a network that does not parse trusts nobody', () => {
  for (const network of ['10.0.0.0', '10.0.0.0/x', 'nonsense/8', '/8', ''])
    expect(isTrustedProxy([network], '10.0.0.1')).toBe(false);
});

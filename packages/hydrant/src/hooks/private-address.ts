import { BlockList, isIP } from 'node:net';

/**
 * Addresses that lead to the server's own surroundings: loopback, link-local, private and shared ranges, and those that
 * are no single host at all (RFC 6890, RFC 4193, RFC 6598). IPv4 addresses written as IPv6 are judged as IPv4.
 */
const surroundings = new BlockList();

for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  surroundings.addSubnet(net, prefix, 'ipv4');
}

for (const [net, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  surroundings.addSubnet(net, prefix, 'ipv6');
}

/** Whether an IP address is one that a call on behalf of a stranger must not reach. Anything that is no address counts as such. */
export function isPrivateAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) only says through which interface; BlockList does not read it.
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return true;
  if (version === 4) return surroundings.check(plain, 'ipv4');
  const embedded = embeddedIPv4(plain);
  return embedded === undefined ? surroundings.check(plain, 'ipv6') : surroundings.check(embedded, 'ipv4');
}

/** The IPv4 address inside a mapped (RFC 4291 §2.5.5.2), compatible (§2.5.5.1) or NAT64 (RFC 6052 §2.1) address. */
function embeddedIPv4(address: string): string | undefined {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!match) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

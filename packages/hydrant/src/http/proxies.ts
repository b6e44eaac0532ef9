import { BlockList, isIP } from 'node:net';

/** Whether an address lies in one of the CIDRs. An address or CIDR that does not parse matches nothing. */
export function isTrustedProxy(cidrs: readonly string[], address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  const version = isIP(plain);
  if (version === 0) return false;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = ''] = cidr.split('/');
    const kind = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(network) !== 0 && /^\d+$/.test(bits)) list.addSubnet(network, Number(bits), kind);
  }
  return list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

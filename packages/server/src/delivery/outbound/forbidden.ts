import { BlockList, isIP } from 'node:net';

/** Networks that no URL of a customer may lead to: this machine, private ones, and everything that is no host (S27). */
const networks = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  // Unspecified, loopback and IPv4 in IPv6, NAT64, discard, Teredo, documentation, 6to4, private, link-local, multicast.
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

const forbidden = new BlockList();
for (const network of networks) {
  const [address = '', prefix] = network.split('/');
  forbidden.addSubnet(address, Number(prefix), familyOf(address));
}

/** May nothing be sent to this IP address? `allowed`: single addresses the operator opened, as the settings spell them. */
export function isForbidden(address: string, allowed: readonly string[]): boolean {
  if (isIP(address) === 0) return true;
  if (allowed.some((one) => one.toLowerCase() === address.toLowerCase())) return false;
  // IPv4 written as IPv6, which no honest name resolves to.
  return address.toLowerCase().startsWith('::ffff:') || forbidden.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

import { BlockList, isIPv6 } from 'node:net';

/** Lists that were compiled before, by the array of the settings they came from. */
const compiled = new WeakMap<readonly string[], BlockList>();

/** Is an IP address one of these, or in one of these networks? An IPv4 address in its IPv6 form counts as itself. */
export function isAddressIn(address: string, networks: readonly string[]): boolean {
  let list = compiled.get(networks);
  if (list === undefined) compiled.set(networks, (list = listOf(networks)));
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Can a text of the settings be meant as an address or a network? */
export function isNetwork(text: string): boolean {
  try {
    listOf([text]);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error for what is no address or network. */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix, ...more] = network.split('/');
    if (more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) throw new Error('no network');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * Which IP addresses are public. Who names a URL to a server must not reach through it what only the server reaches:
 * itself, its network, the metadata service of its cloud.
 *
 * IANA's registries of special-purpose addresses (RFC 6890, read 2026-11), strictly: of IPv6 only the global unicast
 * block 2000::/3 counts, and nothing that carries an IPv4 address inside, since a translator on the way would take it to
 * that one.
 *
 * @module
 */
import { BlockList, isIP } from 'node:net';

type Special = readonly [what: string, ...subnets: string[]];

const SPECIAL_4: readonly Special[] = [
  ['an unspecified address', '0.0.0.0/8'],
  ['a loopback address', '127.0.0.0/8'],
  ['a private address', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ['an address behind a shared one (CGNAT)', '100.64.0.0/10'],
  ['a link-local address', '169.254.0.0/16'],
  ['a documentation address', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
  ['a benchmarking address', '198.18.0.0/15'],
  ['a multicast address', '224.0.0.0/4'],
  ['a reserved address', '192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4'],
];

const SPECIAL_6: readonly Special[] = [
  ['an unspecified address', '::/128'],
  ['a loopback address', '::1/128'],
  ['an IPv4 address within an IPv6 one', '::/96', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'],
  ['an address of a tunnel', '2001::/32', '2002::/16'],
  ['a documentation address', '2001:db8::/32', '3fff::/20'],
  ['a private address', 'fc00::/7', 'fec0::/10'],
  ['a link-local address', 'fe80::/10'],
  ['a multicast address', 'ff00::/8'],
  ['a reserved address', '2001::/23'],
];

const IPV4 = listed(SPECIAL_4, 'ipv4');
const IPV6 = listed(SPECIAL_6, 'ipv6');
const GLOBAL_UNICAST_6 = blockList(['2000::/3'], 'ipv6');

/**
 * Why an address is not public, as what it is: `a loopback address`; undefined for a public one. Pure.
 *
 * @param address IPv4 in four decimal numbers, or IPv6 without brackets; anything else is no public address either.
 */
export function whyNotPublic(address: string): string | undefined {
  // Zones are for links: what has one is not reached through the Internet.
  if (address.includes('%')) return 'a link-local address';
  const family = isIP(address);
  if (family === 4) return IPV4.find(({ list }) => list.check(address, 'ipv4'))?.what;
  if (family !== 6) return 'no IP address';
  const special = IPV6.find(({ list }) => list.check(address, 'ipv6'));
  if (special !== undefined) return special.what;
  return GLOBAL_UNICAST_6.check(address, 'ipv6') ? undefined : 'a reserved address';
}

function listed(table: readonly Special[], type: 'ipv4' | 'ipv6'): { what: string; list: BlockList }[] {
  return table.map(([what, ...subnets]) => ({ what, list: blockList(subnets, type) }));
}

function blockList(subnets: readonly string[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), type);
  }
  return list;
}

import test from 'ava'
import { chosenInterfaces, interfaceOfNetwork, networksOf } from '../../../src/desired/interfaces.ts'
import type { Route } from '../../../src/layer2/links.ts'
import { parseAddress } from '../../../src/net/address.ts'
import { isInvalidRange, parseRange } from '../../../src/net/range.ts'

function route(prefix: string, on: string, more: Partial<Route> = {}): Route {
  const range = parseRange(prefix)
  if (isInvalidRange(range)) throw new Error(prefix)
  return { range, length: Number(prefix.split('/')[1]), interface: on, attached: true, metric: 0, ...more }
}

const routes: readonly Route[] = [
  route('0.0.0.0/0', 'eth0', { attached: false }),
  route('0.0.0.0/0', 'ppp0'),
  route('10.0.0.0/24', 'eth0', { metric: 100 }),
  route('10.0.0.0/24', 'wlan0', { metric: 600 }),
  route('10.0.0.128/25', 'eth1'),
  route('10.1.0.0/16', 'eth2', { attached: false }),
  route('10.64.0.7/32', 'cali7'),
  route('::/0', 'eth0', { attached: false }),
  route('fd00::/64', 'eth0'),
  route('fd00:0:0:1::/64', 'eth1'),
]

const cases: readonly [title: string, choice: string | undefined, vip: string, expected: readonly string[]][] = [
  ['the one whose network holds the address, by metric', undefined, '10.0.0.9', ['eth0']],
  ['the one whose network holds the address most closely', undefined, '10.0.0.200', ['eth1']],
  ['the one whose network holds the address, IPv6', undefined, 'fd00::1:9', ['eth0']],
  ['none if only a default route leads there', undefined, '192.0.2.1', []],
  ['none if it is behind a router', undefined, '10.1.0.1', []],
  ['none if it is a Pod’s', undefined, '10.64.0.7', []],
  ['none, IPv6', undefined, 'fd01::1', []],
  ['a name', 'eth7', '10.0.0.9', ['eth7']],
  ['names, each once', 'eth1,eth0,eth1', '10.0.0.9', ['eth1', 'eth0']],
  ['the one by which an address is reached', 'can_reach:10.0.0.254', '192.0.2.1', ['eth1']],
  ['the one by which an address behind a router is reached', 'can_reach:10.1.2.3', '192.0.2.1', ['eth2']],
  ['the one by which the internet is reached', 'can_reach:198.51.100.1', '192.0.2.1', ['eth0']],
  ['the one by which an IPv6 address is reached, for an IPv4 VIP', 'can_reach:fd00:0:0:1::7', '192.0.2.1', ['eth1']],
]

const interfacesFor = (choice: string | undefined, vip: string, all = routes) => {
  const address = parseAddress(vip)
  return chosenInterfaces(choice, all) ?? (address && interfaceOfNetwork(networksOf(all), address))
}

for (const [title, choice, vip, expected] of cases) {
  test(`29: interface: ${title}`, t => {
    t.deepEqual(interfacesFor(choice, vip), expected)
  })
}

test('29: nothing is reached without routes', t => {
  t.deepEqual(interfacesFor('can_reach:10.0.0.254', '10.0.0.9', []), [])
})

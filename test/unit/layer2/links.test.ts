import { networkInterfaces } from 'node:os'
import test from 'ava'
import { parseLinks, type Route, readLinks } from '../../../src/layer2/links.ts'
import { formatAddress } from '../../../src/net/address.ts'

const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  123456     100    0    0    0     0          0         0   123456     100    0    0    0     0       0          0
eth0.100: 7    1    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth1:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
`
const row = (...fields: readonly string[]) => `${fields.join('\t')}\n`
const route = [
  row('Iface', 'Destination', 'Gateway ', 'Flags', 'RefCnt', 'Use', 'Metric', 'Mask', 'MTU', 'Window', 'IRTT'),
  row('eth1', '00000000', '0101A8C0', '0003', '0', '0', '100', '00000000', '0', '0', '0'),
  row('eth0.100', '00003E0A', '00000000', '0001', '0', '0', '7', '0080FFFF', '0', '0', '0'),
  row('*', '0000420A', '00000000', '0201', '0', '0', '0', '0000FFFF', '0', '0', '0'),
].join('')
const nowhere = '00000000000000000000000000000000'
const ipv6Route = `fd620000000000000000000000000000 40 ${nowhere} 00 ${nowhere} 00000100 00000001 00000000 00000001     eth1
${nowhere} 00 ${nowhere} 00 fd620000000000000000000000000001 00000400 00000001 00000000 00000003     eth1
fd620000000000000000000000000000 80 ${nowhere} 00 ${nowhere} 00000000 00000003 00000000 80200001     eth1
fd620000000000000000000000000011 80 ${nowhere} 00 ${nowhere} 00000000 00000003 00000000 80200001     eth1
00000000000000000000000000000001 80 ${nowhere} 00 ${nowhere} 00000100 00000002 00000000 00000001       lo
${nowhere} 00 ${nowhere} 00 ${nowhere} ffffffff 00000001 00000000 00200200       lo
`

const told = ({ range: { family, first, last }, interface: name, attached, length, metric }: Route) =>
  [
    `${formatAddress({ family, bits: first })}-${formatAddress({ family, bits: last })}/${length}`,
    `${name} ${attached ? 'attached' : 'routed'} ${metric}`,
  ].join(' ')

test('29: interfaces and routes as the kernel tells them', t => {
  const { names, routes } = parseLinks({ dev, route, ipv6Route })
  t.deepEqual([...names], ['lo', 'eth0.100', 'eth1'])
  t.deepEqual(routes.map(told), [
    '0.0.0.0-255.255.255.255/0 eth1 routed 100',
    '10.62.0.0-10.62.127.255/17 eth0.100 attached 7',
    'fd62::-fd62::ffff:ffff:ffff:ffff/64 eth1 attached 256',
    '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/0 eth1 routed 1024',
  ])
})

test('29: a kernel without a family has no routes of it', t => {
  t.deepEqual(parseLinks({ dev, route: '', ipv6Route: '' }).routes, [])
})

test('29: the interfaces of this machine are among those told', async t => {
  const { names } = parseLinks(await readLinks())
  t.true(new Set(Object.keys(networkInterfaces())).isSubsetOf(names))
})

/** Frames that nobody should send, a million of them, through the sockets. */
import test from 'ava'
import { type Host, Network, until } from './network.ts'

const network = new Network('fl-hostile')
const vips = ['10.67.0.100', 'fd67::100']
const hosts: Host[] = []

test.before(async () => {
  await network.build(['a', 'b', 'client'])
  for (const name of ['a', 'b']) {
    const host = network.start(name)
    hosts.push(host)
    host.tell({ update: { addresses: vips, interfaces: ['eth0'], candidates: ['a', 'b'] } })
  }
  await until('each VIP is owned once', () => owned().length === 2)
})

test.after.always(() => network.remove())

const owned = () => hosts.flatMap(host => [...host.owned()])

test.serial('36: random and hostile frames crash nothing and claim nothing', async t => {
  t.timeout(180_000)
  const script = new URL('hostile-process.ts', import.meta.url).pathname
  const kernel = ['10.67.0.1', '10.67.0.2', 'fd67::1', 'fd67::2']
  const said = await network.run('client', [process.execPath, script, '7', '1000000', ...vips])
  const answered = (JSON.parse(said) as string[]).filter(
    address => !kernel.includes(address) && !address.startsWith('fe80'),
  )
  t.deepEqual(answered, [])
  await until('each VIP is owned once', () => owned().length === 2)
  t.deepEqual(owned().toSorted(), vips)
  for (const vip of vips) {
    const tool = vip.includes(':') ? ['ndisc6', '-1', vip, 'eth0'] : ['arping', '-c', '1', '-i', 'eth0', vip]
    await t.notThrowsAsync(network.run('client', tool))
  }
  for (const host of hosts) host.tell({ counters: true })
  await until('both told what they dropped', () => hosts.every(host => host.counter('BadHmac') > 0))
  for (const host of hosts) {
    const reasons = ['Truncated', 'UnknownType', 'BadSource', 'NotForUs', 'BadHmac', 'UnknownVersion']
    for (const reason of reasons) t.true(host.counter(reason) > 0, `${host.name} dropped nothing for ${reason}`)
  }
})

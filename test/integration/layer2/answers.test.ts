/** One responder, and what a client's own tools and kernel make of it. */
import test from 'ava'
import { type Host, Network, until } from './network.ts'

const network = new Network('fl-answers')
const [four, six] = ['10.67.0.100', 'fd67::100']
let host: Host

test.before(async () => {
  await network.build(['a', 'client'])
  host = network.start('a')
  host.tell({ update: { addresses: [four, six], interfaces: ['eth0'], candidates: ['a'] } })
  await until('the responder owns both', () => host.owned().size === 2)
})

test.after.always(() => network.remove())

test.serial('31: ARP: requests for a VIP are answered with the MAC of the interface', async t => {
  const text = await network.run('client', ['arping', '-c', '3', '-i', 'eth0', four])
  t.regex(text, /3 packets received/)
  t.true(text.includes(await network.mac('a')), text)
})

test.serial('31: NDP: solicitations for a VIP are answered with the MAC of the interface', async t => {
  const text = await network.run('client', ['ndisc6', '-1', six, 'eth0'])
  t.true(text.toLowerCase().includes(await network.mac('a')), text)
  t.true(text.includes(`from ${six}`), text)
})

test.serial('31: other addresses are not answered', async t => {
  await t.throwsAsync(network.run('client', ['arping', '-c', '1', '-w', '1', '-i', 'eth0', '10.67.0.99']))
  await t.throwsAsync(network.run('client', ['ndisc6', '-1', '-r', '1', 'fd67::99', 'eth0']))
})

for (const vip of [four, six]) {
  test.serial(`31: the kernel of a client learns where ${vip} is`, async t => {
    await network.run('client', ['ping', '-c', '1', '-W', '1', vip]).catch(() => {})
    const text = await network.ip('client', `neighbour show ${vip} dev eth0`)
    t.true(text.includes(`lladdr ${await network.mac('a')}`), text)
  })
}

test.serial('31: the solicited-node group of a VIP is joined, so that switches that snoop on MLD deliver', async t => {
  t.regex(await network.ip('a', 'maddress show dev eth0'), /ff02::1:ff00:100\b/)
})

test.serial('replies go on while the main thread does nothing else', async t => {
  host.tell({ block: 1_500 })
  const text = await network.run('client', ['arping', '-c', '10', '-W', '0.1', '-i', 'eth0', four])
  t.regex(text, /10 packets received/)
})

test.serial('a VIP that is no more is not answered, and its group is left', async t => {
  host.tell({ update: { addresses: [six], interfaces: [], candidates: [] } })
  await until('it is given up', () => host.owned().size === 1)
  await t.throwsAsync(network.run('client', ['ndisc6', '-1', '-r', '1', six, 'eth0']))
  t.notRegex(await network.ip('a', 'maddress show dev eth0'), /ff02::1:ff00:100\b/)
})

test.serial('a worker that fails ends the process, with its error', async t => {
  host.tell({ update: { addresses: ['no address'], interfaces: ['eth0'], candidates: ['a'] } })
  t.is(await host.ended(), 1)
  t.regex(host.errors, /RangeError: not an address: no address/)
})

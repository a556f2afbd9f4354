/** What happens to an interface, and what a client sees of it. */
import test from 'ava'
import { type Host, Network, until } from './network.ts'

const network = new Network('fl-links')
const [four, six] = ['10.67.0.100', 'fd67::100']
const newMac = '02:67:00:00:00:99'
let host: Host

test.before(async () => {
  await network.build(['a', 'client'])
  host = network.start('a')
  host.tell({ update: { addresses: [four, six], interfaces: ['eth0'], candidates: ['a'] } })
  await ownsBoth()
})

test.after.always(() => network.remove())

const ownsBoth = () => until('both are owned', () => host.owned().size === 2)
const ownsNone = () => until('none is owned', () => host.owned().size === 0)
const lastState = () => host.said.findLast(({ type }) => type === 'link')
const told = (state: string) => ({ type: 'link', interface: 'eth0', state })

/** Who answers a client that asks now. */
async function answerers(): Promise<readonly string[]> {
  const four = await network.run('client', ['arping', '-c', '1', '-w', '1', '-i', 'eth0', '10.67.0.100'])
  const six = await network.run('client', ['ndisc6', '-1', 'fd67::100', 'eth0'])
  return [four, six].map(text => /([0-9a-f]{2}:){5}[0-9a-f]{2}/i.exec(text)?.[0].toLowerCase() ?? text)
}

test.serial('29: down: nothing is owned; up again: answered', async t => {
  await network.ip('a', 'link set eth0 down')
  await ownsNone()
  t.deepEqual(lastState(), told('down'))
  await network.ip('a', 'link set eth0 up')
  await ownsBoth()
  t.deepEqual(lastState(), told('up'))
  const mac = await network.mac('a')
  t.deepEqual(await answerers(), [mac, mac])
})

test.serial('29: the MAC changed: answered with the new one, and clients are told at once', async t => {
  await network.run('client', ['ping', '-c', '1', '-W', '1', four]).catch(() => {})
  await network.ip('a', `link set eth0 address ${newMac}`)
  await until('the client knows the new MAC', async () =>
    (await network.ip('client', `neighbour show ${four} dev eth0`)).includes(newMac),
  )
  t.deepEqual(await answerers(), [newMac, newMac])
})

test.serial('29: renamed: it is missing; named as before: answered', async t => {
  await network.ip('a', 'link set eth0 down')
  await network.ip('a', 'link set eth0 name eth7')
  await ownsNone()
  await until('it is missing', () => host.said.some(event => event.type === 'link' && event.state === 'missing'))
  t.deepEqual(lastState(), told('missing'))
  await network.ip('a', 'link set eth7 name eth0')
  await network.ip('a', 'link set eth0 up')
  await ownsBoth()
  t.deepEqual(await answerers(), [newMac, newMac])
})

test.serial('29: deleted, and made anew: answered with its MAC, and groups are joined again', async t => {
  await network.ip('a', 'link delete eth0')
  await ownsNone()
  await until('it is missing', () => JSON.stringify(lastState()) === JSON.stringify(told('missing')))
  await network.plug('a')
  await ownsBoth()
  const mac = await network.mac('a')
  t.not(mac, newMac)
  t.deepEqual(await answerers(), [mac, mac])
  t.regex(await network.ip('a', 'maddress show dev eth0'), /ff02::1:ff00:100\b/)
})

test.serial('29: an interface that is not there yet is used once it is', async t => {
  host.tell({ update: { addresses: ['10.67.0.101'], interfaces: ['eth1'], candidates: ['a'] } })
  await until('it is missing', () => host.said.some(event => event.type === 'link' && event.interface === 'eth1'))
  await network.ip('a', 'link set eth0 down')
  await network.ip('a', 'link set eth0 name eth1')
  await network.ip('a', 'link set eth1 up')
  await until('it is owned there', () => host.owned().has('10.67.0.101'))
  const text = await network.run('client', ['arping', '-c', '1', '-w', '1', '-i', 'eth0', '10.67.0.101'])
  t.regex(text, /1 packets received/)
})

/** Responders of which each lacks another capability: what it cannot do without it, and what it says. */
import { readFile } from 'node:fs/promises'
import test from 'ava'
import { exec } from '../../../hack/lab/exec.ts'
import { type Host, Network, until, without } from './network.ts'

const SCHED_RR = 2
/** Bytes that a queue is meant to have. */
const QUEUE = 4 << 20
const network = new Network('fl-lacking')
const lacking = { a: 'net_raw', b: 'net_admin', c: 'sys_nice' } as const
const addresses = { a: '10.67.0.100', b: '10.67.0.101', c: '10.67.0.102' } as const
const hosts = new Map<string, Host>()
const hostOf = (name: keyof typeof lacking) => hosts.get(name) as Host

test.before(async () => {
  await network.build(Object.keys(lacking))
  for (const name of ['a', 'b', 'c'] as const) {
    const host = network.start(name, lacking[name])
    host.tell({ update: { addresses: [addresses[name]], interfaces: ['eth0'], candidates: [name] } })
    hosts.set(name, host)
  }
})

test.after.always(() => network.remove())

const answers = (name: keyof typeof lacking) => until(`${name} answers`, () => hostOf(name).owned().size === 1)
const rmemMax = async () => Number(await readFile('/proc/sys/net/core/rmem_max', 'utf8'))

test.serial('38: without NET_RAW it answers for nothing, says so once, and stays', async t => {
  await Promise.all([answers('b'), answers('c')])
  const { said, errors } = hostOf('a')
  const told = said.filter(({ type }) => type === 'link' || type === 'owned')
  t.deepEqual(told, [{ type: 'link', interface: 'eth0', state: 'forbidden' }])
  t.is(errors, '')
})

test.serial('38: without NET_ADMIN it answers, from queues no longer than the system’s limit', async t => {
  await answers('b')
  const told = hostOf('b').said.filter(({ type }) => type === 'shortQueue')
  t.is(told.length, (await rmemMax()) < QUEUE ? 1 : 0)
})

test.serial('38: to go beyond that limit takes NET_ADMIN', async t => {
  const libc = new URL('../../../src/layer2/socket/libc.ts', import.meta.url).pathname
  const beyond = 2 * (await rmemMax())
  const script = `import { setReceiveBuffer, socket } from '${libc}'; console.log(setReceiveBuffer(socket(2, 2, 0), ${beyond}))`
  const run = (...before: readonly string[]) => exec([...before, process.execPath, '--eval', script])
  t.is((await run()).trim(), 'true')
  t.is((await run(...without('net_admin'))).trim(), 'false')
})

test.serial('38: without SYS_NICE it answers, no sooner than other threads let it, and says so', async t => {
  await answers('c')
  t.false((await hostOf('c').policies()).includes(SCHED_RR))
  t.true(hostOf('c').said.some(event => event.type === 'notRealTime' && event.why === 'CAP_SYS_NICE is missing'))
})

test.serial(
  '38: with SYS_NICE one thread comes before all others, unless its control group has no share of that',
  async t => {
    const refused = hostOf('b').said.some(({ type }) => type === 'notRealTime')
    t.is((await hostOf('b').policies()).filter(policy => policy === SCHED_RR).length, refused ? 0 : 1)
  },
)

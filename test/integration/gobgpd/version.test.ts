/** A gobgpd of another version beside a speaker: it is told by name, nothing ends over it, and the right one is taken up. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { lackingProxy } from '../../../hack/lab/faults/gobgpd.ts'
import { GobgpRouter } from '../../../src/bgp/gobgp/router.ts'
import { RouterError } from '../../../src/bgp/router.ts'
import { peer, until } from './support.ts'

const global = { as: 65000, routerId: '10.71.0.1', listenAddresses: [] }
const paths = [{ prefix: '192.0.2.1/32', nextHop: '10.71.0.1', identifier: 1 }]
const edited = { ...peer, timers: { ...peer.timers, holdTime: 30 } }

/** A gobgpd of its own that lacks something, and a router that drives it. */
async function gobgpd(t: ExecutionContext, missing = '') {
  const directory = await mkdtemp(join(tmpdir(), 'version-'))
  const [socket, behind] = [join(directory, 'gobgp.sock'), join(directory, 'real.sock')]
  const child = spawn(binary('gobgpd'), [`--api-hosts=unix://${behind}`, '--pprof-disable', '--metrics-path='], {
    stdio: 'ignore',
  })
  const probe = new GobgpRouter(behind)
  await until('gobgpd answers', () => probe.read().then(Boolean, () => false))
  probe.close()
  const proxy = await lackingProxy(socket, behind)
  proxy.lack(missing)
  const router = new GobgpRouter(socket)
  t.teardown(async () => {
    router.close()
    await proxy.close()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await rm(directory, { recursive: true })
  })
  return { proxy, router, socket }
}

/** All that a speaker asks of it. */
async function everything(router: GobgpRouter): Promise<void> {
  await router.apply({ type: 'start', global })
  await router.apply({ type: 'addPaths', paths })
  await router.apply({ type: 'addPeer', peer })
  await router.apply({ type: 'updatePeer', peer: edited, resets: false })
  await router.read()
  await router.sessions()
  await router.apply({ type: 'deletePeer', address: peer.address })
  await router.apply({ type: 'deletePaths', paths })
  await router.stopGracefully()
}

const calls = [
  'AddPathStream',
  'AddPeer',
  'DeletePeer',
  'GetBgp',
  'ListPath',
  'ListPeer',
  'ListPolicyAssignment',
  'SetPolicies',
  'SetPolicyAssignment',
  'StartBgp',
  'StopBgp',
  'UpdatePeer',
  'WatchEvent',
]

test('of a gobgpd that lacks nothing everything is had, by these calls', async t => {
  const { proxy, router } = await gobgpd(t)
  await t.notThrowsAsync(everything(router))
  t.deepEqual([...proxy.called].sort(), calls)
})

for (const call of calls.filter(name => name !== 'WatchEvent')) {
  test(`one that does not know ${call} is of another version: that is told, and which call it is`, async t => {
    const { router, socket } = await gobgpd(t, call)
    const error = await t.throwsAsync<RouterError>(everything(router), { instanceOf: RouterError })
    t.is(error.reason, 'Incompatible')
    t.true(error.message.startsWith(`gobgpd at ${socket}: ${call}`), error.message)
    t.regex(error.message, new RegExp(`: this is no gobgpd of version 4\\.8: unknown method ${call} for service`))
  })
}

for (const missing of ['WatchEvent', 'everything']) {
  test(`one that does not know ${missing} is told of, and so is its end; the right one in its place is taken up`, async t => {
    const { proxy, router, socket } = await gobgpd(t, missing)
    const events: string[] = []
    router.events.subscribe(({ type }) => events.push(type))
    const told = () => router.sessions().then(String, (error: Error) => error.message)
    const expected = `gobgpd at ${socket}: WatchEvent: this is no gobgpd of version 4.8: unknown `
    await until('it is told', async () => (await told()).startsWith(expected))
    await t.throwsAsync(router.read(), { message: /this is no gobgpd of version 4\.8/ })
    await until('it is looked at again', () => events.length > 1)
    t.deepEqual([...new Set(events)], ['disconnected'])
    proxy.lack('')
    await until('it is connected', () => events.includes('connected'))
    await t.notThrowsAsync(everything(router))
  })
}

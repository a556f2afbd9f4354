/** What is not as it was taken for: the ledger of a leader that sees things late, or whose requests fail. */
import test from 'ava'
import type { VirtualIP, VirtualIPSpec } from '../../../src/api/virtualip.ts'
import { Holds } from '../../../src/controller/holds.ts'
import { Ledger } from '../../../src/controller/ledger.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import type { Entry } from '../../../src/ipam/entry.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import { sight } from '../../../src/liveness/sighting.ts'
import { v4 } from '../ipam/fixtures.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'
import { settled } from '../streams/virtualtime.ts'
import { Play } from './play.ts'
import { Server } from './server.ts'

const address = v4.ip(1)

const ref = (name: string, resourceVersion = '1') => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  resourceVersion,
  sharing: { key: 'k', ports: [`${name.length}/TCP`] },
})

/** A ledger in which `web` has an address, and what the API server has of it. */
function play(client: (server: Server) => Partial<KubeClient> = () => ({})) {
  const server = new Server(() => undefined)
  const spec: VirtualIPSpec = { address, eip: 'a', protocol: 'bgp', services: [ref('web')] }
  const given = server.create(virtualIPs, { metadata: { name: address }, spec })
  const allocator = new Allocator()
  const holds = new Holds(() => 0)
  holds.observe({ sighting: sight(undefined, [], { askedAt: 0, now: 0 }) })
  const ledger = new Ledger(fakeClient({ ...server.client(), ...client(server) }), allocator, holds, () => undefined)
  ledger.seen(given)
  const known = () => allocator.at(address) as Entry
  return {
    server,
    ledger,
    known,
    given,
    join: (name: string) => ({ ...known(), services: [...known().services, ref(name)] }),
  }
}

const names = ({ services }: Pick<VirtualIPSpec, 'services'>) => services.map(({ name }) => name)

test('8, 10: who would join an address that another is asking for waits, and nobody has what was given up', async t => {
  const refusals: ((error: Error) => void)[] = []
  const hangs = () => new Promise<never>((_, reject) => refusals.push(reject))
  const { ledger, known, join } = play(() => ({ mergePatch: hangs }))
  const first = ledger.give(join('dns'))
  t.deepEqual(names(known()), ['web', 'dns'], 'nobody else takes the port meanwhile')
  t.not(ledger.asking(address), undefined)
  const second = ledger.give(join('third'))
  await settled()
  t.is(refusals.length, 1, 'the second has not asked for anything')
  refusals[0]?.(unreachable())
  await t.throwsAsync(first, { name: 'ApiError' })
  t.false(await second)
  t.deepEqual(names(known()), ['web'])
  t.is(ledger.asking(address), undefined)
})

test('8, 10: who shares an address is done with only when it is known whether another has joined', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 1))
  play.service('web', { sharing: 'k', ports: ['80'] })
  const leader = play.lead()
  await play.settle()
  const has = () => names(leader.allocation.allocator.at(address) as Entry)
  play.service('dns', { sharing: 'k', ports: ['53/UDP'] })
  play.server.fail('mergePatch', 'request lost')
  leader.watch()
  for (let n = 0; n < 100 && has().length < 2; n += 1) await Promise.resolve()
  t.deepEqual(has(), ['web', 'dns'], 'it is asked for')
  const { entries } = await leader.allocation.work('default/web')
  t.deepEqual(entries.map(names), [['web']])
  await play.settle()
  t.deepEqual(play.ledger, [`${address} web;dns`])
})

test('10: a leader that sees an older version of a Service than the ledger names leaves what is recorded', async t => {
  const play = new Play()
  play.eip('a', v4.range(1, 9))
  play.service('web')
  const [prompt, late] = [play.lead(), play.lead()]
  await play.settle()
  play.change('web', { ports: ['443'] })
  prompt.watch()
  await settled()
  const recorded = play.server.find(virtualIPs, { name: address }) as VirtualIP
  t.is(recorded.spec.services[0]?.resourceVersion, play.find('web')?.metadata.resourceVersion)
  late.show('virtualIPs')
  await settled()
  t.deepEqual(play.server.find(virtualIPs, { name: address }), recorded)
})

test('10: an address that was confirmed to its Service meanwhile is not taken back', async t => {
  const { server, ledger, known, given } = play()
  const before = known()
  const confirmed = server.change(virtualIPs, { name: address }, { spec: { services: [ref('web', '2')] } })
  const error = await t.throwsAsync(ledger.release(before, 'default/web'))
  t.like(error, { reason: 'Conflict' })
  t.deepEqual(server.find(virtualIPs, { name: address }), confirmed)
  t.is(known().version, confirmed.metadata.resourceVersion)
  t.true(Number(confirmed.metadata.resourceVersion) > Number(given.metadata.resourceVersion))
})

test('8, 10: an address that somebody has joined meanwhile is taken back from one, and stays with the other', async t => {
  const { server, ledger, known } = play()
  const before = known()
  server.change(virtualIPs, { name: address }, { spec: { services: [ref('web'), ref('dns')] } })
  t.is(await ledger.release(before, 'default/web'), 'kept')
  t.deepEqual(
    server.all(virtualIPs).map(({ spec }) => names(spec)),
    [['dns']],
  )
})

test('10: what was read and is gone before the watch has shown it is free, as soon as that is certain', t => {
  const { ledger, known, given } = play()
  const none = new Map()
  t.deepEqual(ledger.shownUpTo('0', none), [], 'the watch is behind')
  t.is(known().uid, given.metadata.uid)
  t.deepEqual(
    ledger.shownUpTo(given.metadata.resourceVersion, none).map(({ address: of }) => of),
    [address],
  )
  t.is<Entry | undefined, undefined>(known(), undefined)
})

test('10: what the watch has shown is there until the watch tells that it is gone', t => {
  const { ledger, known, given } = play()
  ledger.shown(given)
  t.deepEqual(ledger.shownUpTo('99', new Map()), [])
  t.is(ledger.gone(given)?.uid, given.metadata.uid)
  t.is<Entry | undefined, undefined>(known(), undefined)
})

/** What telling an address on one version of a Service costs (ADR 20): all that a leader asks to be written. */
import test, { type ExecutionContext } from 'ava'
import { eips, nodes, services, virtualIPs } from '../../../../src/kube/resources.ts'
import { type ServiceFixture, service, v4 } from '../../ipam/fixtures.ts'
import { VirtualTime } from '../../streams/virtualtime.ts'
import { apiServer } from './apiserver.ts'
import { dice } from './dice.ts'
import { kept } from './kept.ts'
import { Replica } from './replica.ts'
import { Store } from './store.ts'

const ref = { namespace: 'x', name: 'web' }

/** An Eip and a leader that nothing fails. Whatever it asks to be written is told once, by its outcome, verb and kind. */
async function play(t: ExecutionContext) {
  const store: Store = new Store(({ plural, before }) => {
    if (plural === virtualIPs.plural && before === undefined) queueMicrotask(meanwhile)
  })
  let meanwhile: () => void = () => undefined
  const time = new VirtualTime(undefined, Number.POSITIVE_INFINITY)
  const told: string[] = []
  const leader = new Replica({
    name: 'leader',
    server: apiServer(store),
    dice: dice(1),
    time,
    weather: { lost: 0, late: 0 },
    carry: (_, act) => act(),
    elected: false,
    tell: line => void told.push(line),
    leads: () => undefined,
  })
  t.teardown(() => leader.stop())
  leader.network.heal()
  store.create(nodes, { metadata: { name: 'node1' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  store.create(eips, { metadata: { name: 'a' }, spec: { address: v4.range(1, 9) } })
  leader.lead(true)

  const as = (fixture: ServiceFixture) => {
    const { metadata, spec } = service({ ...fixture, ...ref })
    return kept(services, { metadata: { ...ref, annotations: metadata.annotations ?? {} }, spec })
  }
  const written = async () => {
    await time.pass(20_000)
    const writes = told.splice(0).flatMap(line => {
      const [, outcome, verb, plural = ''] =
        /^(.*?):? (create|apply|patch|delete)(?: @\S+)? (services|virtualips|events) /.exec(line) ?? []
      return verb === undefined ? [] : `${outcome === 'did' ? '' : `${outcome} `}${verb} ${plural}`
    })
    return writes.sort()
  }
  await written()
  return {
    create: (fixture: ServiceFixture = {}) => void store.create(services, as(fixture)),
    edit: (fixture: ServiceFixture) =>
      void store.change(services, ref, before => kept(services, { ...before, spec: as(fixture).spec })),
    label: (value: string) => void store.change(services, ref, () => ({ metadata: { labels: { value } } })),
    editEip: (address: string) => void store.change(eips, { name: 'a' }, () => ({ spec: { address } })),
    remove: () => store.delete(services, ref),
    /** What somebody else does as soon as the first address is given, before the leader knows that it is. */
    meanwhile: (act: () => void) => {
      meanwhile = () => {
        meanwhile = () => undefined
        act()
      }
    },
    leader,
    written,
    tells: () => store.find(services, ref)?.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [],
  }
}

/** Of an address that is given: the VirtualIP, the Service's status, the VirtualIP's own, and an event. */
const given = ['apply services', 'apply virtualips', 'create events', 'create virtualips']
/** A status that is refused, as the Service has changed, and the VirtualIP that is brought to the version it is at now. */
const changedMeanwhile = ['Conflict apply services', 'patch virtualips']

const together = (...parts: readonly (readonly string[])[]) => parts.flat().sort()

test('10: an address takes four writes to give and one to take back, and those of others on its Service none', async t => {
  const { create, label, remove, written } = await play(t)
  create()
  t.deepEqual(await written(), given)
  for (let n = 0; n < 20; n += 1) {
    label(`${n}`)
    t.deepEqual(await written(), [])
  }
  remove()
  t.deepEqual(await written(), ['delete virtualips'])
})

test('10: who changes a Service between its address and its status costs two more writes', async t => {
  const { create, label, meanwhile, written, tells } = await play(t)
  meanwhile(() => label('between'))
  create()
  t.deepEqual(await written(), together(given, changedMeanwhile))
  t.deepEqual(tells(), [v4.ip(1)])
})

test('10: a Service that stays is changed before its address is taken back, but where it is not told any more', async t => {
  const { create, edit, editEip, written, tells } = await play(t)
  const another = together(given, changedMeanwhile, ['patch services', 'delete virtualips'])
  create()
  await written()
  editEip(v4.range(2, 9))
  t.deepEqual([await written(), tells()], [another, [v4.ip(2)]])
  edit({ loadBalancerIP: v4.ip(5) })
  t.deepEqual([await written(), tells()], [another, [v4.ip(5)]])
  edit({ type: 'ClusterIP' })
  t.deepEqual([await written(), tells()], [['apply services', 'delete virtualips'], []])
})

test('10: an address that was given on the very version that its Service is at, and not told, takes one status more', async t => {
  const { create, editEip, meanwhile, leader, written, tells } = await play(t)
  meanwhile(() => {
    leader.lead(false)
    editEip(v4.range(2, 3))
    leader.lead(true)
  })
  create()
  const taken = ['apply services', 'create virtualips', 'delete virtualips']
  t.deepEqual([await written(), tells()], [together(given, changedMeanwhile, taken), [v4.ip(2)]])
})

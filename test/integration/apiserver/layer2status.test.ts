/** What speakers say of owners in layer 2, by the API server's own rules of who may change what. */
import { Map as IMap } from 'immutable'
import { asyncScheduler } from 'rxjs'
import type { VirtualIP } from '../../../src/api/virtualip.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import type { ResponderEvent } from '../../../src/layer2/responder.ts'
import { Layer2Status } from '../../../src/speaker/layer2/status.ts'
import { emptySnapshot } from '../../../src/watch/snapshot.ts'
import { node } from '../../unit/objects.ts'
import { type Context, eventually, testWithApiServer } from './support.ts'

const test = testWithApiServer()

const nodes = IMap(['node1', 'node2'].map(name => [name, node(name)] as const))
const noLinks = { names: new Set(['lo']), routes: [] }

/** Speakers of an address, who see of it what they are shown. */
async function play({ client }: Context, address: string) {
  const services = [{ namespace: 'default', name: 'web', uid: 'uid-web' }]
  const spec = { address, eip: 'pool', protocol: 'layer2', services } as const
  let latest: VirtualIP = await client.create(virtualIPs, { metadata: { name: address }, spec })
  const errors: unknown[] = []
  let busy = 0
  const counting = async <T>(act: () => Promise<T>) => {
    busy += 1
    try {
      return await act()
    } finally {
      busy -= 1
    }
  }
  const speaker = (name: string) => {
    const status = new Layer2Status(client, name, {
      slots: counting,
      backoff: { first: 20, most: 100, random: Math.random },
      scheduler: asyncScheduler,
      clock: () => new Date(),
      report: error => errors.push(error),
    })
    const show = () => {
      status.observe({ ...emptySnapshot, nodes, virtualIPs: IMap([[address, latest]]) }, [address], [])
    }
    const hear = (event: Partial<ResponderEvent> & Pick<ResponderEvent, 'type'>) =>
      status.heard({ address, interface: 'eth0', ...event } as Parameters<Layer2Status['heard']>[0])
    const own = (epoch: number, on = 'eth0') =>
      hear({ type: 'owned', interface: on, epoch, cause: 'OwnerLost', mac: '02:00:00:00:00:01' })
    show()
    return { status, show, hear, own }
  }
  /** All that is under way has come to rest; how often the object was written since. */
  const written = async () => {
    const before = latest.metadata.resourceVersion
    const rest = () => new Promise(resolve => setTimeout(resolve, 150))
    await rest()
    await eventually(() => busy === 0, 10_000)
    latest = await client.get(virtualIPs, { name: address })
    return latest.metadata.resourceVersion !== before
  }
  const told = () => {
    const { owners = [], announcedBy, conditions = [] } = latest.status ?? {}
    return {
      owners: owners.map(owner => `${owner.interface} ${owner.node} ${owner.epoch}`),
      announcedBy,
      conditions: conditions.map(({ reason }) => reason),
    }
  }
  return { speaker, written, told, errors }
}

test('13: the next owner takes the place of the one before and of what it told, with one write', async t => {
  const { speaker, written, told, errors } = await play(t.context, '192.0.2.101')
  const [one, two] = [speaker('node1'), speaker('node2')]
  one.own(1)
  one.hear({ type: 'conflict', mac: '02:00:00:00:00:99' })
  await written()
  t.deepEqual(told(), { owners: ['eth0 node1 1'], announcedBy: 'node1', conditions: ['AddressConflict'] })
  two.show()
  two.own(2)
  await written()
  t.deepEqual(told(), { owners: ['eth0 node2 2'], announcedBy: 'node2', conditions: [] })
  for (const each of [one, two]) each.show()
  t.false(await written())
  t.deepEqual(errors, [])
})

test('13: an old owner that has not heard yet does not take the record back; nor do two that cannot hear each other', async t => {
  const { speaker, written, told } = await play(t.context, '192.0.2.102')
  const [one, two] = [speaker('node1'), speaker('node2')]
  two.own(2)
  await written()
  one.own(1)
  await written()
  t.deepEqual(told().owners, ['eth0 node2 2'])
  for (let round = 0; round < 3; round += 1) {
    for (const each of [one, two]) each.show()
    t.false(await written())
  }
})

test('13: owners on two interfaces stand side by side, and each goes by itself', async t => {
  const { speaker, written, told } = await play(t.context, '192.0.2.103')
  const [one, two] = [speaker('node1'), speaker('node2')]
  one.own(1, 'eth0')
  await written()
  two.show()
  two.own(1, 'eth1')
  await written()
  for (const each of [one, two]) each.show()
  await written()
  t.deepEqual(told(), { owners: ['eth0 node1 1', 'eth1 node2 1'], announcedBy: 'node1,node2', conditions: [] })
  one.hear({ type: 'yielded', cause: 'Dropped' })
  await written()
  two.show()
  await written()
  t.deepEqual(told(), { owners: ['eth1 node2 1'], announcedBy: 'node2', conditions: [] })
})

test('13: a speaker that started anew takes back what it does not answer for any more, once others have had time', async t => {
  const { speaker, written, told } = await play(t.context, '192.0.2.104')
  speaker('node1').own(1)
  await written()
  const { status } = speaker('node1')
  const standing = { links: noLinks, objection: undefined }
  status.lookAgain(new Map(), standing)
  t.false(await written())
  status.lookAgain(new Map(), standing)
  await written()
  t.deepEqual(told(), { owners: [], announcedBy: undefined, conditions: [] })
})

test('12: the first candidate says why it cannot answer while nobody does, and takes it back', async t => {
  const { speaker, written, told } = await play(t.context, '192.0.2.105')
  const vip = { interfaces: ['eth9'], candidates: new Set(['node1']), weights: new Map(), ownedElsewhere: false }
  const vips = new Map([['192.0.2.105', vip]])
  const [one, two] = [speaker('node1'), speaker('node2')]
  const look = (links = noLinks) => {
    for (const { status, show } of [one, two]) {
      show()
      for (let twice = 0; twice < 2; twice += 1) status.lookAgain(vips, { links, objection: undefined })
    }
  }
  look()
  await written()
  t.deepEqual(told().conditions, ['InterfaceNotFound'])
  look()
  t.false(await written())
  look({ names: new Set(['eth9']), routes: [] })
  await written()
  t.deepEqual(told().conditions, [])
})

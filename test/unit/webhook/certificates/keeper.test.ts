import test from 'ava'
import { authorityOf, isFor, readKeys, validityOf } from '../../../../src/webhook/certificates/keys.ts'
import { DAY_MS, MINUTE_MS, World } from './world.ts'

const HOUR_MS = 60 * MINUTE_MS

/** Replicas that have come to rest. */
async function settled(replicas: number, prepare: (world: World) => void = () => undefined): Promise<World> {
  const world = new World()
  world.install()
  prepare(world)
  for (let n = 0; n < replicas; n += 1) world.start()
  await world.pass(MINUTE_MS)
  return world
}

const served = (world: World) => new Set(world.replicas.map(replica => replica.served?.certificate))

test('38: replicas that begin at once make one certificate, for the name of the Service, and have it trusted', async t => {
  const world = await settled(3)
  t.is(served(world).size, 1)
  t.is(world.authorities, 1)
  t.true(world.replicas.every(({ served }) => served && isFor(served, ['fairlead-webhook.fairlead-system.svc'])))
  await world.pass(LAG_MS)
  t.deepEqual(world.failing(), [])
  const { writes } = world
  await world.pass(5 * DAY_MS)
  t.is(world.writes, writes)
})

const LAG_MS = 2 * MINUTE_MS

test('three months of rotations by three replicas, of which one is cut off now and then: no call to any would ever fail', async t => {
  const world = await settled(3)
  await world.pass(LAG_MS)
  world.watched = true
  for (let day = 0; day < 90; day += 5) {
    // Never at a time longer than a silent watch takes to be found out.
    const cut = world.replicas[day % 3]
    cut?.cut()
    await world.pass(MINUTE_MS)
    cut?.heal()
    await world.pass(5 * DAY_MS - MINUTE_MS)
  }
  t.deepEqual(world.failures, [])
  const changes = world.history.filter(each => each === '2 trusted').length
  t.is(changes, 4)
  t.false(world.history.includes('3 trusted'))
  t.is(world.authorities, 1)
})

test('a new authority is trusted before its certificate is served, and an old one no longer than both are in use', async t => {
  const world = await settled(2)
  t.deepEqual(world.history.splice(0), ['0 trusted', 'new served', '1 trusted', 'new served'])
  await world.pass(21 * DAY_MS)
  t.deepEqual(world.history, ['2 trusted', 'new served', 'new served', '1 trusted'])
})

test('a Secret that is deleted is made anew beside what is served, so that no call fails', async t => {
  const world = await settled(2)
  const [before] = served(world)
  await world.pass(LAG_MS)
  world.watched = true
  world.deleteSecret()
  await world.pass(HOUR_MS)
  t.deepEqual(world.failures, [])
  t.false(served(world).has(before))
  t.deepEqual([served(world).size, world.authorities], [1, 1])
})

for (const [what, data] of [
  ['is empty', {}],
  ['is rubbish', { 'tls.crt': 'cnViYmlzaA==', 'tls.key': '%%%', 'ca.crt': 'LS0tLS1CRUdJTg==' }],
] as const) {
  test(`a Secret that ${what} is replaced at once, by replicas that know no better too`, async t => {
    const world = await settled(2)
    world.putSecret(data)
    await world.pass(HOUR_MS)
    t.deepEqual([served(world).size, world.authorities], [1, 1])
    const cold = await settled(2, of => of.putSecret(data))
    await cold.pass(LAG_MS)
    t.deepEqual(cold.failing(), [])
  })
}

test('a key that is not the certificate’s is replaced', async t => {
  const [world, other] = [await settled(1), await settled(1)]
  const key = other.secret?.data?.['tls.key'] ?? ''
  world.putSecret({ ...world.secret?.data, 'tls.key': key })
  await world.pass(HOUR_MS)
  t.deepEqual(world.failing(), [])
  t.not(world.secret?.data?.['tls.key'], key)
})

test('what has expired while nobody was there is replaced at once', async t => {
  const world = await settled(2)
  for (const replica of world.replicas) replica.stop()
  world.replicas.length = 0
  await world.pass(40 * DAY_MS)
  world.start()
  world.start()
  await world.pass(LAG_MS + MINUTE_MS)
  t.deepEqual(world.failing(), [])
  t.deepEqual([served(world).size, world.authorities], [1, 1])
})

test('authorities that are taken away are told again, and another’s are taken away', async t => {
  const world = await settled(2)
  const { bundle } = world
  world.install()
  await world.pass(MINUTE_MS)
  t.is(world.bundle, bundle)
  world.install({ service: world.service, caBundle: Buffer.from('stranger').toString('base64') })
  await world.pass(MINUTE_MS)
  t.is(world.bundle, bundle)
})

test('where another installation is called, its authorities are left as they are, and that is told', async t => {
  const world = await settled(2)
  const { writes } = world
  const caBundle = Buffer.from('theirs').toString('base64')
  world.install({ service: { namespace: 'another', name: 'fairlead-webhook' }, caBundle })
  await world.pass(5 * DAY_MS)
  t.is(world.bundle, 'theirs')
  t.is(world.writes, writes)
  t.deepEqual(world.elsewhere, ['another', 'another'])
  world.install()
  await world.pass(LAG_MS)
  t.deepEqual(world.failing(), [])
})

test('a configuration that comes later is told as soon as it is there', async t => {
  const world = new World()
  const replica = world.start()
  await world.pass(MINUTE_MS)
  t.truthy(replica.served)
  world.install()
  await world.pass(0)
  t.is(world.authorities, 1)
  t.is(world.issued, 1)
})

test('the names are those that API servers call: a URL’s host as well, IPv6 too', async t => {
  const world = await settled(1)
  world.install({ url: 'https://[fd00::1]:9443/validate' })
  await world.pass(MINUTE_MS)
  t.true(isFor(world.replicas[0]?.served as never, ['fd00::1']))
  world.install({ url: 'https://lb.example.com/validate' })
  await world.pass(MINUTE_MS)
  t.true(isFor(world.replicas[0]?.served as never, ['lb.example.com']))
  await world.pass(LAG_MS)
  t.deepEqual(world.failing(), [])
})

test('clocks that are twelve hours apart make no call fail, and no more certificates', async t => {
  const world = new World()
  world.install()
  world.start(-DAY_MS / 2)
  await world.pass(MINUTE_MS)
  world.start(DAY_MS / 2)
  await world.pass(LAG_MS)
  world.watched = true
  await world.pass(25 * DAY_MS)
  t.deepEqual(world.failures, [])
  t.is(world.history.filter(each => each === '2 trusted').length, 1)
})

test('37: an API server that cannot be reached is asked again, and meanwhile the certificate is served on', async t => {
  const world = await settled(1)
  const [replica] = world.replicas
  const before = replica?.served
  replica?.cut()
  world.deleteSecret()
  await world.pass(2 * HOUR_MS)
  t.is(replica?.served, before)
  replica?.heal()
  await world.pass(HOUR_MS)
  t.deepEqual(world.failing(), [])
  t.not(replica?.served, before)
})

test('the authority’s key is kept nowhere, and a certificate can sign nothing', async t => {
  const world = await settled(1)
  const keys = readKeys(world.secret ?? {})
  t.is(Object.values(world.secret?.data ?? {}).filter(each => atob(each).includes('PRIVATE KEY')).length, 1)
  t.truthy(keys && authorityOf(keys.current, keys.authorities))
  t.is(validityOf(keys?.current.certificate ?? '').ends - world.begun, 30 * DAY_MS)
})

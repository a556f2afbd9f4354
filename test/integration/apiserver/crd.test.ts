import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { binary } from '../../../hack/binaries.ts'
import { customResources } from '../../../src/api/customresources.ts'
import { eip } from '../../../src/api/eip.ts'
import { conditionTypes, group } from '../../../src/api/names.ts'
import { violations } from '../../../src/api/violations.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Condition, KubeObject } from '../../../src/kube/objects.ts'
import type { Resource } from '../../../src/kube/resources.ts'
import { formatAddress } from '../../../src/net/address.ts'
import { fullVirtualIP, valid } from '../../customresources/full.ts'
import { wrong } from '../../customresources/wrong.ts'
import { isRefused, refusal, resourceOf } from './refusals.ts'
import { type Context, testWithApiServer } from './support.ts'

interface CustomResourceDefinition extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

const definitions: Resource<CustomResourceDefinition> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
}

const test = testWithApiServer()

async function kubectl({ controlPlane }: Context, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(binary('kubectl'), [
    `--kubeconfig=${controlPlane.kubeconfigs.admin}`,
    ...args,
  ])
  return stdout
}

for (const { kind, plural } of customResources) {
  test(`${kind} has a structural schema`, async t => {
    const { status } = await t.context.client.get(definitions, { name: `${plural}.${group}` })
    const holding = status?.conditions?.filter(condition => condition.status === 'True').map(({ type }) => type)
    t.deepEqual(holding?.toSorted(), ['Established', 'NamesAccepted'])
  })

  for (const { title, name, spec } of valid[kind]) {
    test(`${kind}, ${title}, is taken and read back as it was written`, async t => {
      const { client } = t.context
      await client.create(resourceOf[kind], { metadata: { name }, spec })
      const read = await client.get(resourceOf[kind], { name })
      t.deepEqual(read.spec, spec)
    })
  }
}

for (const each of wrong) {
  test(`35: ${each.title} is refused`, t => isRefused(t, t.context.client, each))
}

const address = (family: 4 | 6) =>
  fc.bigInt({ min: 0n, max: 2n ** (family === 4 ? 32n : 128n) - 1n }).map(bits => formatAddress({ family, bits }))

const ranges = fc.oneof(
  ...([4, 6] as const).map(family => fc.tuple(address(family), address(family)).map(ends => ends.join('-'))),
  // Ends that differ in few bits, where an order by text would be wrong.
  fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.nat(127), fc.boolean()).map(([bits, position, swap]) => {
    const ends = [bits, bits ^ (1n << BigInt(position))].map(end => formatAddress({ family: 6, bits: end }))
    return (swap ? ends.toReversed() : ends).join('-')
  }),
  fc.tuple(address(6), fc.nat(140)).map(parts => parts.join('/')),
  fc.tuple(address(4), fc.nat(40)).map(parts => parts.join('/')),
)

test('35: the API server and we agree on which ranges are valid', async t => {
  const { client } = t.context
  let number = 0
  await fc.assert(
    fc.asyncProperty(ranges, async range => {
      const object = { metadata: { name: `range-${number++}` }, spec: { address: range } }
      const message = await refusal(client.create(resourceOf.Eip, object))
      t.is(message === '', violations(eip, object).length === 0, `${range}: ${message || 'accepted'}`)
    }),
    { numRuns: 300 },
  )
})

const services = fullVirtualIP.spec.services

test('6: a VirtualIP may come to belong to another Eip, but is never another address', async t => {
  const { client } = t.context
  const spec = { address: '192.0.2.77', eip: 'pool', protocol: 'bgp', services }
  const { metadata } = await client.create(resourceOf.VirtualIP, { metadata: { name: '192.0.2.77' }, spec })
  const update = (change: object) =>
    refusal(client.update(resourceOf.VirtualIP, { metadata, spec: { ...spec, ...change } }))
  t.regex(await update({ address: '192.0.2.78' }), /spec\.address: .*must not change/)
  t.is(await update({ eip: 'other', services: services.slice(1) }), '')
})

test('10: an address is given only once', async t => {
  const { client } = t.context
  const object = {
    metadata: { name: '2001-db8-0-0-0-0-0-77' },
    spec: { address: '2001:db8::77', eip: 'pool', protocol: 'bgp', services },
  }
  await client.create(resourceOf.VirtualIP, object)
  await t.throwsAsync(client.create(resourceOf.VirtualIP, object), { instanceOf: ApiError, message: /already exists/ })
})

test('a password in a status is dropped', async t => {
  const { client } = t.context
  await client.create(resourceOf.BgpPeer, {
    metadata: { name: 'secretive' },
    spec: { conf: { neighborAddress: '192.0.2.9', peerAs: 1, authPassword: 'secret' } },
  })
  const status = {
    nodesPeerStatus: { node: { peerState: { neighborAddress: '192.0.2.9', authPassword: 'secret' }, prefixesSent: 1 } },
  }
  const { status: kept } = await client.mergePatch(
    resourceOf.BgpPeer,
    { name: 'secretive' },
    { status },
    { subresource: 'status' },
  )
  t.deepEqual(kept, { nodesPeerStatus: { node: { peerState: { neighborAddress: '192.0.2.9' }, prefixesSent: 1 } } })
})

/** What `kubectl get` prints about one object, by the heading of the column. */
async function columns(
  context: Context,
  ...what: readonly [resource: string, name: string, ...flags: string[]]
): Promise<Readonly<Record<string, string>>> {
  const [head = '', line = ''] = (await kubectl(context, 'get', ...what)).split('\n')
  const headings = [...head.matchAll(/\S+ */g)]
  return Object.fromEntries(
    headings.map(heading => [
      heading[0].trim(),
      line.slice(heading.index, heading.index + heading[0].length).trim() || '',
    ]),
  )
}

test('13: kubectl get vip tells the address, whose it is, who announces it, since when, and why not', async t => {
  const { client } = t.context
  const name = '192.0.2.79'
  await client.create(resourceOf.VirtualIP, {
    metadata: { name },
    spec: { address: name, eip: 'pool', protocol: 'bgp', services },
  })
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
  const announced = {
    type: conditionTypes.announced,
    status: 'False',
    reason: 'NoEndpoints',
    message: 'no endpoint serves',
    lastTransitionTime: hourAgo,
  }
  await client.apply(
    resourceOf.VirtualIP,
    { name },
    { status: { announcedBy: 'node-1, node-2', since: hourAgo, conditions: [announced] } },
    { subresource: 'status', fieldManager: 'test' },
  )
  const { AGE, ...told } = await columns(t.context, 'vip', name)
  t.truthy(AGE)
  t.deepEqual(told, {
    NAME: name,
    ADDRESS: name,
    NAMESPACE: 'default',
    SERVICE: 'tcp',
    EIP: 'pool',
    MODE: 'bgp',
    'ANNOUNCED-BY': 'node-1, node-2',
    SINCE: '60m',
    REASON: 'NoEndpoints',
  })
})

const owner = {
  interface: 'eth0',
  node: 'node-2',
  mac: '02:00:00:00:00:02',
  epoch: 7,
  since: '2026-01-01T00:00:00Z',
  cause: 'OwnerLost',
}

/** A VirtualIP in layer 2, and what the owner on an interface says of it. */
async function layer2({ client }: Context, name: string) {
  const spec = { address: name, eip: 'pool', protocol: 'layer2', services }
  const created = await client.create(resourceOf.VirtualIP, { metadata: { name }, spec })
  const say = (of: string, owners: readonly object[], resourceVersion?: string) =>
    client.apply(
      resourceOf.VirtualIP,
      { name },
      { status: { owners, announcedBy: 'node-2', since: owner.since } },
      { subresource: 'status', fieldManager: `fairlead-layer2-${of}`, resourceVersion },
    )
  return { created, say }
}

test('13: kubectl get vip tells who owns an address in layer 2, and with -o wide by which claim', async t => {
  const { say } = await layer2(t.context, '192.0.2.80')
  await say('eth0', [owner])
  const told = await columns(t.context, 'vip', '192.0.2.80', '--output=wide')
  t.like(told, {
    MODE: 'layer2',
    'ANNOUNCED-BY': 'node-2',
    EPOCH: '7',
    CAUSE: 'OwnerLost',
    MAC: '02:00:00:00:00:02',
  })
  t.regex(told['SINCE'] ?? '', /^\d+d$/)
})

test('13: who owns an address on one interface replaces the owner before, and not the one on another', async t => {
  const { say } = await layer2(t.context, '192.0.2.81')
  await say('eth0', [owner])
  const other = { ...owner, interface: 'eth1' }
  await say('eth1', [other])
  const next = { ...owner, node: 'node-3', epoch: 8 }
  t.deepEqual((await say('eth0', [next])).status, { owners: [next, other], announcedBy: 'node-2', since: owner.since })
})

test('13: an owner that others have outdated says so to nobody', async t => {
  const { created, say } = await layer2(t.context, '192.0.2.82')
  await say('eth0', [owner], created.metadata.resourceVersion)
  const late = say('eth0', [{ ...owner, node: 'node-1', epoch: 6 }], created.metadata.resourceVersion)
  await t.throwsAsync(late, { instanceOf: ApiError, message: /modified/ })
})

test('14: kubectl get eip tells its addresses, how many there are and how many are in use', async t => {
  const { client } = t.context
  await client.create(resourceOf.Eip, {
    metadata: { name: 'told' },
    spec: { address: '2001:db8::/64', protocol: 'bgp' },
  })
  await client.mergePatch(
    resourceOf.Eip,
    { name: 'told' },
    { status: { usage: 3, poolSize: Number.MAX_SAFE_INTEGER, ready: true, v4: false } },
    { subresource: 'status' },
  )
  const { AGE, ...told } = await columns(t.context, 'eip', 'told')
  t.truthy(AGE)
  t.deepEqual(told, {
    NAME: 'told',
    CIDR: '2001:db8::/64',
    USAGE: '3',
    TOTAL: '9007199254740991',
    PROTOCOL: 'bgp',
    READY: 'true',
  })
})

/** What `explain` reads is published a moment after the definition is established. */
async function explain(context: Context, ...args: readonly string[]): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await kubectl(context, 'explain', ...args)
    } catch (error) {
      if (attempt === 20 || !/couldn't find resource/.test((error as Error).message)) throw error
      await new Promise(resolve => setTimeout(resolve, 250))
    }
  }
}

test('kubectl explain tells what every field is for', async t => {
  t.regex(await explain(t.context, 'bgppeer.spec.timers.config.holdTime'), /Seconds without a word/)
  for (const { kind } of customResources) {
    const fields = await explain(t.context, '--recursive', kind.toLowerCase())
    t.regex(fields, /spec\t<Object> -required-/)
  }
})

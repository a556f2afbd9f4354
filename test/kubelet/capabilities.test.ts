/**
 * The capabilities of the installed speaker are taken from it one by one: what fails then shows what each is for, and that none is
 * there in vain. Then who lacks it says so by name, and nothing else fails.
 */
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import { at } from '../../hack/lab/lab.ts'
import { annotations } from '../../src/api/names.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from '../e2e/support.ts'
import { processOf } from './processes.ts'
import { images, inSystem, manifests, PATIENCE_MS, rolledOut, taken } from './support.ts'
import { web, webService } from './web.ts'

const scene = scenario(test, { name: 'kubelet-capabilities', nodes: 1, manager: false, images })
const speaker = ['pods', ...inSystem, '--selector=app.kubernetes.io/component=speaker'] as const

/** By the numbers that they have in <linux/capability.h>. */
const numbers = { NET_BIND_SERVICE: 10, NET_ADMIN: 12, NET_RAW: 13, SYS_NICE: 23 } as const
type Capability = keyof typeof numbers
const added = { gobgpd: ['NET_BIND_SERVICE'], manager: ['NET_RAW', 'NET_ADMIN', 'SYS_NICE'] } as const

const maskOf = (capabilities: readonly Capability[]): number =>
  capabilities.reduce((mask, capability) => mask | (1 << numbers[capability]), 0)

const manager = 'node /fairlead/src/main.ts speaker'

const pools = [
  eip('bgp', { address: '10.66.0.0/24' }),
  eip('segment', { address: '10.62.100.0/24', protocol: 'layer2' }),
]
const services = pools.map(({ metadata: { name } }) =>
  loadBalancer(name, webService, { annotations: { [annotations.eip]: name } }),
)

let routed = ''
let answered = ''

/** What the capabilities of the manager and of gobgpd are for. */
interface Abilities {
  /** A neighbour gets an answer in layer 2. */
  readonly answers: boolean
  /** The router sends traffic here. */
  readonly announces: boolean
  /** BGP is listened for, on a port below 1024. */
  readonly listens: boolean
}

const able: Abilities = { answers: true, announces: true, listens: true }

async function abilities(): Promise<Abilities> {
  const isAnswered = at(scene.lab, 'neighbour', ['arping', '-c', '1', '-w', '1', '-i', 'eth0', answered]).then(
    () => true,
    () => false,
  )
  const listening = await at(scene.lab, 'node1', ['ss', '-Hltn', 'sport', '=', '179'])
  return {
    answers: await isAnswered,
    announces: (await scene.routedTo(routed)).join() === 'node1',
    listens: listening.trim() !== '',
  }
}

const becomes = (expected: Abilities) =>
  eventually('what it can do', abilities, seen => isDeepStrictEqual(seen, expected), PATIENCE_MS)

const patch = (spec: object) =>
  scene.kubectl('patch', 'daemonset/fairlead-speaker', ...inSystem, '--patch', JSON.stringify({ spec }))

/** Replaces the speaker by one that lacks a capability. */
async function take(capability: Capability): Promise<void> {
  const lacking = (name: string, all: readonly Capability[]) => [
    { name, securityContext: { capabilities: { add: all.filter(each => each !== capability) } } },
  ]
  const spec = { initContainers: lacking('gobgpd', added.gobgpd), containers: lacking('manager', added.manager) }
  await patch({ template: { spec } })
  await scene.kubectl('delete', ...speaker, '--grace-period=1')
}

const log = () => scene.kubectl('logs', ...inSystem, 'daemonset/fairlead-speaker', '--container=manager')
const told = (what: RegExp) => eventually(`the log tells ${what}`, log, text => what.test(text), PATIENCE_MS)

test.serial('38: with all of them nothing fails', async t => {
  t.timeout(2 * PATIENCE_MS)
  await scene.kubectl('apply', '--server-side', '--kustomize', manifests('default'))
  // A Pod that is deleted is replaced by one of the latest template, and none before.
  await patch({ updateStrategy: { type: 'OnDelete' }, minReadySeconds: 0 })
  await taken(scene, ...pools, bgpConf({ listenPort: 179 }), bgpPeer(), ...web, ...services)
  await rolledOut(scene, 'daemonset/web')
  ;[routed, answered] = await Promise.all([scene.address('bgp'), scene.address('segment')])
  await becomes(able)
  t.notRegex(await log(), /is missing/)
})

for (const [name, container, capabilities] of [
  ['gobgpd', 'gobgpd --api-hosts', added.gobgpd],
  ['the manager', manager, added.manager],
  ['the controller', 'node /fairlead/src/main.ts controller', []],
] as const) {
  test.serial(
    `38: ${name} is what its manifest says: nobody’s root, with these capabilities, and can get no others`,
    async t => {
      const { status, root } = await processOf(scene.lab, 'node1', container)
      t.deepEqual(status['Uid'], '65532 65532 65532 65532')
      t.deepEqual(status['Gid'], '65532 65532 65532 65532')
      const mask = maskOf(capabilities)
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) t.is(Number(`0x${status[set]}`), mask, set)
      t.is(status['NoNewPrivs'], '1')
      t.is(status['Seccomp'], '2', 'a filter')
      t.true(root.split(',').includes('ro'))
    },
  )
}

test.serial('38: without NET_RAW nothing is answered in layer 2, the address says why, and BGP goes on', async t => {
  t.timeout(2 * PATIENCE_MS)
  await take('NET_RAW')
  await becomes({ ...able, answers: false })
  await told(/CAP_NET_RAW is missing/)
  const { message } = await scene.told('segment', 'Announced', 'CapabilityMissing')
  t.is(message, 'The speaker of node node1 has not the capability NET_RAW.')
})

test.serial('38: without NET_ADMIN queues are as short as the system has them', async t => {
  t.timeout(2 * PATIENCE_MS)
  await take('NET_ADMIN')
  await becomes(able)
  const { status } = await processOf(scene.lab, 'node1', manager)
  t.is(Number(`0x${status['CapEff']}`), maskOf(['NET_RAW', 'SYS_NICE']))
  const limit = Number(await readFile('/proc/sys/net/core/rmem_max', 'utf8'))
  const missing = /CAP_NET_ADMIN is missing/
  if (limit < 4 << 20) t.regex(await told(missing), missing)
  else t.notRegex(await log(), missing)
})

test.serial('38: without SYS_NICE it waits for its turn, and says so', async t => {
  t.timeout(2 * PATIENCE_MS)
  await take('SYS_NICE')
  await becomes(able)
  await told(/CAP_SYS_NICE is missing/)
  t.pass()
})

test.serial(
  '38: without NET_BIND_SERVICE a listenPort of 179 is refused, the BgpConf says why, and layer 2 goes on',
  async t => {
    t.timeout(2 * PATIENCE_MS)
    await take('NET_BIND_SERVICE')
    await becomes({ answers: true, announces: false, listens: false })
    const conf = await eventually(
      'the BgpConf tells',
      () => scene.bgpConf(),
      found => found?.status?.nodesConfStatus?.['node1']?.ready === false,
      PATIENCE_MS,
    )
    t.regex(conf?.status?.nodesConfStatus?.['node1']?.message ?? '', /CAP_NET_BIND_SERVICE is missing$/)
  },
)

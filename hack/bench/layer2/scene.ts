/** The lab of one row of layer 2, with its VIPs in the nodes' own network: made for it, and gone after it whatever happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { apiVersion } from '../../../src/api/names.ts'
import { endpointSlices, services } from '../../../src/kube/resources.ts'
import { slots } from '../../../src/streams/slots.ts'
import { type NodeName, nodeMac, nodeNumber, nodeOfMac } from '../../lab/addresses.ts'
import { kubectl, withClient } from '../../lab/cluster.ts'
import { down, type Lab, up } from '../../lab/lab.ts'
import { Caller } from '../../lab/segment/caller.ts'
import { heartbeats } from '../../lab/segment/heartbeats.ts'
import { setReachable } from '../../lab/segment/neighbours.ts'
import { AnswerWitness } from '../../lab/segment/witness.ts'
import type { LabSpec } from '../../lab/state.ts'
import { addressOf } from '../bgp/cluster.ts'
import { serviceDraft, sliceDraft } from '../bgp/objects.ts'
import { apply, range } from '../bgp/scene.ts'

/** In the nodes' network, with room for 16,384 Services. */
export const pool = {
  apiVersion,
  kind: 'Eip',
  metadata: { name: 'bench' },
  spec: { address: '10.62.64.0/18', protocol: 'layer2' },
}

/** Whoever answered the last question but one, or so many milliseconds ago, answers still. */
const STILL = 1_000
/** Milliseconds that something may take at most that is waited for: thousands of Services take their time. */
const PATIENCE = 300_000

export interface SegmentScene {
  readonly lab: Lab
  readonly vips: readonly string[]
  readonly witness: AnswerWitness
  readonly caller: Caller
  /** Milliseconds from one question for a VIP to the next. */
  readonly every: number
  readonly progress: (line: string) => void
}

export interface SegmentOptions {
  readonly lab: Partial<LabSpec> & { readonly name: string }
  readonly vips: number
  /** Milliseconds from one question for a VIP to the next. */
  readonly every: number
  readonly progress: (line: string) => void
}

/**
 * Its VIPs' only endpoint is on node1, which is excluded from load balancing: any other node may go without taking what is
 * behind the VIPs along.
 */
export async function withSegment<T>(
  { lab: spec, vips: count, every, progress }: SegmentOptions,
  use: (scene: SegmentScene) => Promise<T>,
): Promise<T> {
  const interrupted = () => void down(spec.name).finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const lab = await up({ nodes: 4, ...spec, progress })
    await kubectl(lab, ['label', 'node', 'node1', 'node.kubernetes.io/exclude-from-external-load-balancers='])
    await apply(lab, pool)
    const vips = await makeServices(lab, count)
    progress(`${count} Services have their addresses`)
    const witness = await AnswerWitness.start(lab, vips, every)
    const caller = new Caller(lab, 'neighbour')
    const scene = { lab, vips, witness, caller, every, progress }
    try {
      await answered(scene)
      progress('every VIP is answered for')
      return await use(scene)
    } finally {
      witness.stop()
      caller.stop()
    }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await down(spec.name)
  }
}

/**
 * Services that are being created at once. The API server gives cluster addresses one after the other, and looks through all
 * that are given each time: with thousands more at once wait for longer than a request may take.
 */
const CREATING = 8

/** Resolves to their addresses. */
const makeServices = (lab: Lab, count: number): Promise<readonly string[]> =>
  withClient(lab, async client => {
    const atATime = slots(CREATING)
    const create = async (name: string) => {
      await client.create(endpointSlices, sliceDraft(name))
      await client.create(services, serviceDraft(name))
    }
    await Promise.all(range(count).map(number => atATime(() => create(`service-${number}`))))
    for (const deadline = Date.now() + PATIENCE; ; await sleep(200)) {
      const { items } = await client.list(services, { namespace: 'default' })
      const addresses = items.flatMap(service => addressOf(service) ?? [])
      if (addresses.length >= count) return addresses
      if (Date.now() > deadline) throw new Error(`of ${count} Services ${addresses.length} have an address`)
    }
  })

/** Who answers for which VIP at present. */
async function owners({ witness, every }: SegmentScene): Promise<ReadonlyMap<string, NodeName>> {
  const last = await witness.lastAnswers()
  const recent = [...last].filter(([, { at }]) => Date.now() - at < Math.max(STILL, every * 2))
  return new Map(recent.map(([vip, { mac }]) => [vip, nodeOfMac(mac) as NodeName]))
}

/** Waits until every VIP is answered for, by one of these nodes if any are given; resolves to who does. */
export async function answered(
  scene: SegmentScene,
  ...by: readonly NodeName[]
): Promise<ReadonlyMap<string, NodeName>> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(50)) {
    const found = await owners(scene)
    const wanted =
      by.length === 0
        ? found.size
        : found
            .values()
            .filter(node => by.includes(node))
            .toArray().length
    if (wanted === scene.vips.length) return found
    if (Date.now() > deadline) throw new Error(`of ${scene.vips.length} VIPs ${wanted} are answered for`)
  }
}

/** Lets one node own every VIP: as long as that one lives, nothing moves by itself. */
export async function gather(scene: SegmentScene, node: NodeName): Promise<void> {
  const select = (nodeSelector: object | null) => {
    const patch = JSON.stringify({ spec: { nodeSelector } })
    return kubectl(scene.lab, ['patch', 'eip', 'bench', '--type=merge', '--patch', patch])
  }
  await select({ matchLabels: { 'kubernetes.io/hostname': node } })
  await answered(scene, node)
  await select(null)
}

/** The client's kernel believes in the node that answers for all, as if it had just heard so. */
export const becomeReachable = ({ lab, vips }: SegmentScene, node: NodeName): Promise<void> =>
  setReachable(lab, 'neighbour', new Map(vips.map(vip => [vip, nodeMac(nodeNumber(node))])))

/** In which a new member has heard the others, and takes part (milliseconds). */
const LISTENED = 1_000

/** Waits until a node's responder, which has just been started, takes part. */
export async function takesPart({ lab }: SegmentScene, node: NodeName): Promise<void> {
  await heartbeats(lab, 1, node)
  await sleep(LISTENED)
}

/** One storm, from the first Service to the last look. */
import { setTimeout as sleep } from 'node:timers/promises'
import { annotations, apiVersion } from '../../src/api/names.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import type { KubeObject } from '../../src/kube/objects.ts'
import { endpointSlices, type Resource, services } from '../../src/kube/resources.ts'
import { monotonic } from '../../src/streams/time.ts'
import { watchKind } from '../../src/watch/watchkind.ts'
import { nodeAs, routerAddress, routerAs } from '../lab/addresses.ts'
import { kubectl, withClient } from '../lab/cluster.ts'
import type { Lab } from '../lab/lab.ts'
import { speakers } from '../lab/parts.ts'
import type { Schedule } from './actions.ts'
import { eipsByAddress } from './addresses.ts'
import { disagreements } from './disagreements.ts'
import { persistently, remove } from './edit.ts'
import { eipObject, namespace } from './manifests.ts'
import { play } from './play.ts'
import { schedule } from './schedule.ts'
import { Witness } from './witness.ts'
import { look, versions, type World } from './world.ts'

export interface StormOptions {
  readonly seed: number
  readonly services: number
  /** Told what happens, a line each. */
  readonly tell: (line: string) => void
}

export interface StormReport {
  /** What did not agree at the end, or was at some moment what it must not be; empty: nothing. */
  readonly failures: readonly string[]
  /** Services and addresses that were there at the end. */
  readonly left: { readonly services: number; readonly addresses: number }
  /** Milliseconds from the last edit and fault until all agreed. */
  readonly settled: number
}

/** Milliseconds until all has to agree: a Lease that runs out, a minute's audit of a router, and a busy machine. */
const PATIENCE = 120_000
/** Milliseconds for which nothing may be written any more once all agrees. */
const QUIET = 2_000

/**
 * Plays the schedule of a seed in a lab that is up and without Services, waits until all agrees and nobody writes any more,
 * then deletes everything and waits again: nothing may be left.
 */
export function storm(lab: Lab, { seed, services: count, tell }: StormOptions): Promise<StormReport> {
  const seconds = Math.min(30, Math.max(20, count / 25))
  const plan = schedule(seed, { services: count, nodes: lab.nodes, speakers: speakers(lab).length, seconds })
  return withClient(lab, async client => {
    await prepare(lab, plan)
    const eipOf = eipsByAddress(plan.eips)
    const witness = new Witness(address => eipOf.get(address))
    const watching = watchServices(client, witness)
    try {
      await play(lab, client, plan, tell)
      tell(`${plan.edits.length} edits made, ${plan.faults.length} faults undone`)
      const end = await settle(lab, client, tell)
      const failures = [...witness.violations, ...end.failures]
      if (failures.length === 0) failures.push(...(await clear(lab, client, tell)))
      tell(`${witness.versions} versions of Services seen`)
      const left = { services: end.world.services.length, addresses: end.world.virtualIPs.length }
      return { failures, left, settled: end.took }
    } finally {
      watching.unsubscribe()
    }
  })
}

async function prepare(lab: Lab, { eips, gracefulRestart }: Schedule): Promise<void> {
  const objects = [
    ...eips.map(eip => {
      const object = eipObject(eip)
      const isDefault = { [annotations.defaultEip]: `${eip.name === 'main'}` }
      return { ...object, metadata: { ...object.metadata, annotations: isDefault } }
    }),
    {
      apiVersion,
      kind: 'BgpConf',
      metadata: { name: 'default' },
      spec: { as: nodeAs, gracefulRestart: { enabled: gracefulRestart } },
    },
    {
      apiVersion,
      kind: 'BgpPeer',
      metadata: { name: 'router' },
      spec: { conf: { neighborAddress: routerAddress.v4, peerAs: routerAs } },
    },
  ]
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  await kubectl(lab, ['apply', '--server-side', '-f', '-'], list)
}

function watchServices(client: KubeClient, witness: Witness) {
  return watchKind(client, services, {
    backoff: { first: 100, most: 1_000, random: Math.random },
    scheduler: monotonic,
    report: () => {},
  }).subscribe(event => witness.see(event))
}

interface Settled {
  readonly failures: readonly string[]
  readonly world: World
  /** Milliseconds. */
  readonly took: number
}

async function settle(lab: Lab, client: KubeClient, tell: (line: string) => void): Promise<Settled> {
  const began = performance.now()
  for (;;) {
    const world = await look(lab, client)
    const took = performance.now() - began
    const failures = await lasting(lab, client, world)
    if (failures.length === 0) tell(`all agrees after ${(took / 1_000).toFixed(1)} s`)
    if (failures.length === 0 || took > PATIENCE) return { failures, world, took }
    await sleep(500)
  }
}

/** What does not agree, or does not stay as it is. */
async function lasting(lab: Lab, client: KubeClient, world: World): Promise<readonly string[]> {
  const failures = disagreements(world)
  if (failures.length > 0) return failures
  await sleep(QUIET)
  const later = await look(lab, client)
  const writes = versions(later) === versions(world) ? [] : ['somebody writes although nothing changes']
  return [...disagreements(later), ...writes]
}

async function clear(lab: Lab, client: KubeClient, tell: (line: string) => void): Promise<readonly string[]> {
  await Promise.all([removeAll(client, services), removeAll(client, endpointSlices)])
  const { failures, world } = await settle(lab, client, tell)
  const addresses = world.virtualIPs.map(({ metadata }) => `${metadata.name} is left although every Service is gone`)
  return [...failures, ...addresses]
}

async function removeAll<T extends KubeObject>(client: KubeClient, resource: Resource<T>): Promise<void> {
  const { items } = await client.list(resource, { namespace })
  const names = items.map(({ metadata }) => metadata.name).filter(name => name.startsWith('storm-'))
  await Promise.all(names.map(name => persistently(() => remove(client, resource, name))))
}

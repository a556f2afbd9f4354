/** Single changes, one at a time, each seen in the router's kernel before the next; and what of the managers' CPU they take. */
import { setTimeout as sleep } from 'node:timers/promises'
import { endpointSlices, keyOf, services } from '../../../src/kube/resources.ts'
import type { ProcessRecord } from '../../lab/processes.ts'
import { addressOf, hasAddress } from './cluster.ts'
import { serviceDraft, serviceRef, sliceDraft } from './objects.ts'
import { forEach, range, type Scene } from './scene.ts'
import { cpuTime } from './usage.ts'

/** Milliseconds from the start of a change to the start of the next: what is written once a second is written for each. */
const PACE = 1_000

/** Milliseconds for thousands of Services. */
const PATIENCE = 600_000

/** Services with an endpoint, announced by every node and in the router's kernel. */
export async function announce(scene: Scene, names: readonly string[]): Promise<void> {
  await forEach(names, async name => {
    await scene.client.create(endpointSlices, sliceDraft(name))
    await scene.client.create(services, serviceDraft(name))
  })
  await Promise.all(names.map(name => routed(scene, name, scene.lab.nodes, PATIENCE)))
}

/** Waits until a Service has an address, and the router's kernel so many next hops for it. */
export async function routed(scene: Scene, name: string, hops: number, within?: number): Promise<void> {
  await scene.services.until(keyOf(serviceRef(name)), hasAddress, performance.now(), within)
  await scene.fib.until(vip(scene, name), found => found !== undefined && found.length >= hops, Date.now(), within)
}

/** As `routed`; resolves to when the kernel first had as many. Of a Service whose address nobody had before. */
export async function routedAt(scene: Scene, name: string, hops: number): Promise<number> {
  await routed(scene, name, hops)
  const address = vip(scene, name)
  const change = scene.fibChanges.find(
    ({ destination, nextHops }) => destination === address && nextHops.length >= hops,
  )
  return change?.at ?? Number.NaN
}

/** The address of a Service that has one. */
export function vip(scene: Scene, name: string): string {
  const address = addressOf(scene.services.get(keyOf(serviceRef(name))))
  if (address === undefined) throw new Error(`${name} has no address`)
  return address
}

/** Its only endpoint goes or, if it is gone, comes back: a withdrawal, or an announcement. Every node has carried it out. */
export async function flipEndpoint(scene: Scene, name: string): Promise<void> {
  const address = vip(scene, name)
  const serves = scene.fib.get(address) === undefined
  const hops = serves ? scene.lab.nodes : 0
  await Promise.all([scene.fib.next(address, found => (found?.length ?? 0) === hops), setEndpoint(scene, name, serves)])
}

export const setEndpoint = ({ client }: Scene, name: string, serves: boolean): Promise<unknown> =>
  client.mergePatch(endpointSlices, serviceRef(name), { endpoints: sliceDraft(name, serves).endpoints })

/** A Service comes, is given an address and announced, and goes again. */
export async function comeAndGo(scene: Scene, name: string): Promise<void> {
  await announce(scene, [name])
  const address = vip(scene, name)
  await Promise.all([
    scene.fib.next(address, hops => hops === undefined),
    scene.client.delete(services, serviceRef(name)),
  ])
  await scene.client.delete(endpointSlices, serviceRef(name))
}

export interface CpuOfChange {
  /** Milliseconds of CPU for a change, beyond what the process takes when nothing changes. */
  readonly controller: number
  readonly speaker: number
}

type Usage = { -readonly [Role in keyof CpuOfChange]: CpuOfChange[Role] }
type Processes = Readonly<Record<keyof CpuOfChange, ProcessRecord>>

/**
 * Does each kind of change so many times, at a steady pace and in turn, so that what a process does every now and then, such
 * as collecting garbage, falls to all kinds alike. Means, as a median would leave out just that.
 */
export async function cpuOf<Kind extends string>(
  processes: Processes,
  idle: CpuOfChange,
  count: number,
  changes: Readonly<Record<Kind, (number: number) => Promise<void>>>,
): Promise<Readonly<Record<Kind, CpuOfChange>>> {
  const kinds = Object.keys(changes) as Kind[]
  const used = Object.fromEntries(kinds.map(kind => [kind, { controller: 0, speaker: 0 }])) as Record<Kind, Usage>
  for (const number of range(count)) {
    for (const kind of kinds) {
      const before = usageOf(processes)
      const began = performance.now()
      await changes[kind](number)
      await sleep(Math.max(0, began + PACE - performance.now()))
      const seconds = (performance.now() - began) / 1000
      const after = usageOf(processes)
      for (const role of ['controller', 'speaker'] as const) {
        used[kind][role] += (after[role] - before[role] - idle[role] * seconds) / count
      }
    }
  }
  return used
}

/** Milliseconds of CPU in a second in which nothing changes. */
export async function cpuWhenIdle(processes: Processes, seconds: number): Promise<CpuOfChange> {
  const before = usageOf(processes)
  await sleep(seconds * 1000)
  const after = usageOf(processes)
  const each = (role: keyof CpuOfChange) => (after[role] - before[role]) / seconds
  return { controller: each('controller'), speaker: each('speaker') }
}

const usageOf = ({ controller, speaker }: Processes): CpuOfChange => ({
  controller: cpuTime(controller),
  speaker: cpuTime(speaker),
})

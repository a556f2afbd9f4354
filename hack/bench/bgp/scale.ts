/**
 * 10,000 Services, announced: memory, writes when nothing happens, and CPU of a change beside the same with 10. One node,
 * and no kube-proxy on it: what is measured is a process, whatever the number of nodes, and kube-proxy has much to do with
 * so many.
 */

import { namespaceOf } from '../../lab/addresses.ts'
import { processOf } from '../../lab/parts.ts'
import type { ProcessRecord } from '../../lab/processes.ts'
import { leader } from '../allocation/leader.ts'
import { atMost, atMostTimesFloor, type Row } from '../row.ts'
import { announce, type CpuOfChange, comeAndGo, cpuOf, cpuWhenIdle, flipEndpoint } from './changes.ts'
import type { BgpOptions } from './options.ts'
import { range, type Scene, withScene } from './scene.ts'
import { heap, memory } from './usage.ts'
import { quiet, writes, writesBetween } from './writes.ts'

const FEW = 10
/** A router is compared whole once a minute, and watches are begun anew: each measurement of CPU holds one of these, or two. */
const IDLE_SECONDS = 60
/**
 * Changes of each kind before those that count, a minute of them. Code that has not run yet is slow; and after a burst V8 collects its
 * whole heap up to three more times, eight seconds or more apart, which is the burst's.
 */
const WARM_UP = 30
/** The counts of the sessions follow within ten seconds of what changed them (milliseconds). */
const FOLLOWED = 15_000

export const scale = ({ lab, services = 10_000, samples = 30, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab: { ...lab, nodes: 1, kubeProxy: 'none' }, progress }, async scene => {
    await announce(scene, range(FEW).map(nameOf))
    const processes = await processesOf(scene)
    progress('warming up')
    await changes(scene, processes, none, WARM_UP, 0)
    await quiet(scene.lab, FOLLOWED)
    progress(`CPU of a change with ${FEW} Services`)
    const few = await changes(scene, processes, await cpuWhenIdle(processes, IDLE_SECONDS), samples, 1)
    progress(`${services} Services`)
    for (let done = FEW; done < services; done += 1000) {
      await announce(scene, range(Math.min(1000, services - done), done).map(nameOf))
      progress(`${Math.min(done + 1000, services)} Services are in the router's kernel`)
    }
    await quiet(scene.lab, FOLLOWED)
    const resident = { controller: memory(processes.controller), speaker: memory(processes.speaker) }
    progress(`memory: ${JSON.stringify(resident)}; ${IDLE_SECONDS} s in which nothing happens`)
    const before = await writes(scene.lab)
    const idle = await cpuWhenIdle(processes, IDLE_SECONDS)
    const written = writesBetween(before, await writes(scene.lab))
    progress(`written: ${JSON.stringify([...written])}; CPU of a change with ${services} Services`)
    // The garbage that their coming left is not that of the changes.
    const inUse = {
      controller: await heap(processes.controller, namespaceOf(scene.lab.name, 'control')),
      speaker: await heap(processes.speaker, namespaceOf(scene.lab.name, 'node1')),
    }
    await changes(scene, processes, none, WARM_UP, 2)
    const many = await changes(scene, processes, idle, samples, 3)
    const row = (name: string, value: number, unit: string, more: Pick<Row, 'floor' | 'target'> = {}): Row => ({
      name: `${services} Services: ${name}`,
      value,
      unit,
      samples: 1,
      failures: 0,
      ...more,
    })
    return [
      ...roles.map(role => row(`the ${role}'s memory (RSS)`, resident[role].now, 'MiB', { target: atMost(200) })),
      ...roles.map(role => row(`the ${role}'s memory, at most so far`, resident[role].most, 'MiB')),
      ...roles.map(role => row(`the ${role}'s heap, garbage aside`, inUse[role], 'MiB')),
      row('writes in an idle minute, Leases aside', sum(written.values()), '', { target: atMost(0) }),
      ...roles.map(role => row(`the ${role}'s CPU in an idle minute`, idle[role] * 60, 'ms')),
      ...kinds.flatMap(kind =>
        roles.map(role => ({
          ...row(`the ${role}'s CPU for ${kind}; floor: ${FEW} Services`, many[kind][role], 'ms', {
            floor: few[kind][role],
            target: atMostTimesFloor(1.5),
          }),
          samples,
        })),
      ),
    ]
  })

const roles = ['controller', 'speaker'] as const
const kinds = ['an endpoint that comes or goes', 'a Service that comes and goes'] as const

const none: CpuOfChange = { controller: 0, speaker: 0 }

const nameOf = (number: number): string => `service-${number}`

/** @param phase names of Services that go are not used again */
const changes = (
  scene: Scene,
  processes: Parameters<typeof cpuOf>[0],
  idle: CpuOfChange,
  count: number,
  phase: number,
): Promise<Readonly<Record<(typeof kinds)[number], CpuOfChange>>> =>
  cpuOf(processes, idle, count, {
    'an endpoint that comes or goes': () => flipEndpoint(scene, nameOf(0)),
    'a Service that comes and goes': number => comeAndGo(scene, `passing-${phase}-${number}`),
  })

/** The controller that leads, and the speaker. */
async function processesOf({ lab, client }: Scene): Promise<Readonly<Record<(typeof roles)[number], ProcessRecord>>> {
  const controller = processOf(lab, 'control', await leader(client))
  const speaker = processOf(lab, 'node1', 'manager')
  if (controller === undefined || speaker === undefined) throw new Error('a manager does not run')
  return { controller, speaker }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0)

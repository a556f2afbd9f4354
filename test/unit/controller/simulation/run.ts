import { createHash } from 'node:crypto'
import { virtualIPs } from '../../../../src/kube/resources.ts'
import { dice } from './dice.ts'
import { unsettled, Watchdog } from './invariants.ts'
import { World } from './world.ts'

/** How much happens before all is well for a while, and then while VirtualIPs are deleted by hand. */
const STEPS = 60
const LOSSES = 15

/** What came of a seed. */
export interface Run {
  /** What is not as it has to be, and when, in milliseconds of the simulated time. */
  readonly wrong: readonly string[]
  /** What people did, what was asked of the API server and what became of it, and what changed there. */
  readonly trace: readonly string[]
  /** Of the trace: the same as long as a seed plays the same. */
  readonly digest: string
}

/** Plays a seed: so many things happen, then all is well; VirtualIPs are deleted by hand, all is well; in the end everything is deleted. */
export async function run(seed: number): Promise<Run> {
  const trace: string[] = []
  const luck = dice(seed)
  const elected = luck.chance(0.5)
  const watchdog = new Watchdog(elected)
  const world = new World(luck, elected, {
    applied: (change, now, by) => watchdog.applied(change, now, by),
    led: (replica, leads, now) => watchdog.led(replica, leads, now),
    paused: until => watchdog.paused(until),
    loses: virtualIP => watchdog.loses(virtualIP),
    tell: line => void trace.push(line),
  })
  for (let n = 0; n < STEPS && watchdog.violations.length === 0; n += 1) await world.step()
  const wrong: string[] = []
  const heal = async () => {
    if (watchdog.violations.length === 0) await world.heal()
    wrong.push(...watchdog.violations)
    if (wrong.length === 0) wrong.push(...unsettled(world.store))
  }
  await heal()
  if (wrong.length === 0) {
    await world.lose(LOSSES)
    await heal()
  }
  if (wrong.length === 0) {
    await world.clear()
    for (const { spec } of world.store.all(virtualIPs))
      wrong.push(`${spec.address} is left over: ${JSON.stringify(spec)}`)
  }
  world.stop()
  return { wrong, trace, digest: createHash('sha256').update(trace.join('\n')).digest('hex') }
}

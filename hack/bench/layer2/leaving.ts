/** Managers end because they are told to: how long VIPs go without an answer, and how long two nodes answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type NodeName, nodeName, numbers } from '../../lab/addresses.ts'
import { killPart, startPart } from '../../lab/parts.ts'
import { worstOf } from '../../lab/segment/answers.ts'
import { atMost, type Row, rowOf } from '../row.ts'
import { worst } from '../statistics.ts'
import type { Layer2Options } from './options.ts'
import { gather, type SegmentScene, takesPart, withSegment } from './scene.ts'

/** Milliseconds. */
const UNNOTICED = 20
/** From one question for a VIP to the next (milliseconds): what is shorter may not be seen. At most 20,000 a second. */
const every = (vips: number): number => Math.max(5, vips / 20)

/** For which nothing happens: on a busy machine somebody may wait then, too (milliseconds). */
const IDLE = 5_000

/** The floor is what is seen when nothing happens. */
export const leaving = ({ lab, vips = 30, samples = 5, progress }: Layer2Options): Promise<readonly Row[]> =>
  withSegment({ lab: { name: lab }, vips, every: every(vips), progress }, async scene => {
    const shutdown = newTaken()
    const rolling = newTaken()
    const idle = newTaken()
    for (let round = 0; round < samples; round += 1) {
      const node = nodeName(2 + (round % 3))
      await gather(scene, node)
      await scene.witness.lap()
      await sleep(IDLE)
      await take(scene, idle)
      await restart(scene, node)
      await take(scene, shutdown)
      for (const each of numbers(scene.lab.nodes).map(nodeName)) await restart(scene, each)
      await take(scene, rolling)
      progress(
        `${round + 1} of ${samples}, gap, doubled, unasked: ${JSON.stringify({ idle: last(idle), shutdown: last(shutdown), rolling: last(rolling) })}`,
      )
    }
    return [
      ...rowsOf(`${vips} VIPs, their owner ends`, shutdown, idle),
      ...rowsOf(`${vips} VIPs, every manager in turn`, rolling, idle),
    ]
  })

/** Milliseconds, the worst of all VIPs in a round. */
interface Taken {
  readonly gap: number[]
  readonly doubled: number[]
  readonly unasked: number[]
}

const newTaken = (): Taken => ({ gap: [], doubled: [], unasked: [] })
const last = ({ gap, doubled, unasked }: Taken) => [gap, doubled, unasked].map(each => each.at(-1)?.toFixed(1))

async function restart(scene: SegmentScene, node: NodeName): Promise<void> {
  await killPart(scene.lab, node, 'manager', 'SIGTERM')
  await startPart(scene.lab, node, 'manager')
  await takesPart(scene, node)
}

async function take({ witness }: SegmentScene, taken: Taken): Promise<void> {
  const { gap, doubled, unasked } = worstOf((await witness.lap()).values())
  taken.gap.push(gap)
  taken.doubled.push(doubled)
  taken.unasked.push(unasked)
}

function rowsOf(name: string, { gap, doubled }: Taken, idle: Taken): readonly Row[] {
  const target = atMost(UNNOTICED)
  return [
    rowOf(`${name}: no answer, worst`, gap, { q: 1, floor: worst(idle.gap), target }),
    rowOf(`${name}: two nodes answer, worst`, doubled, { q: 1, floor: worst(idle.doubled), target }),
  ]
}

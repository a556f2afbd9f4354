/** Somebody on the segment has no key, records authentic frames, and sends them again. */
import type { Frame } from '../../../../../../src/layer2/ownership/frame.ts'
import type { Random } from '../random.ts'
import type { Segment } from '../segment.ts'
import { ALL_NEW_MS, CALM_MS, END_MS, type Fault, inTurn, repeatedly, restartAll } from './fault.ts'

/** All frames so far, by who sent them and in order. */
function record(segment: Segment): Map<string, Frame[]> {
  const recorded = new Map<string, Frame[]>()
  segment.recorder = frame => {
    const frames = recorded.get(frame.node) ?? []
    recorded.set(frame.node, frames)
    frames.push(frame)
  }
  return recorded
}

/** Sends these frames once more, as they were sent, but so far apart (milliseconds). */
function replay(segment: Segment, frames: readonly Frame[], step: number): void {
  frames.forEach((frame, index) => segment.at(segment.now + index * step, () => segment.inject(frame)))
}

const starts = (
  strike: (segment: Segment, random: Random, names: readonly string[], recorded: Map<string, Frame[]>) => void,
) =>
  ({
    start: (segment, random, names) => {
      const recorded = record(segment)
      inTurn(segment, random, names)
      strike(segment, random, names, recorded)
    },
  }) satisfies Fault

export const attacks = {
  'frames of the living replayed': starts((segment, random, names, recorded) =>
    repeatedly(3, () => replay(segment, (recorded.get(random.pick(names)) ?? []).slice(), random.between(1, 100)))(
      segment,
      random,
      names,
    ),
  ),
  'frames of the dead replayed': starts((segment, random, names, recorded) => {
    const [dead = '', other = ''] = random.shuffled(names)
    const at = random.between(CALM_MS, CALM_MS + 1_000)
    segment.at(at, () => segment.kill(dead))
    segment.at(at + random.between(0, 1_000), () => replay(segment, (recorded.get(dead) ?? []).slice(), 100))
    segment.at(at + random.between(1_000, 3_000), () => segment.kill(other))
  }),
  'frames of the dead replayed to those that start': starts((segment, random, names, recorded) => {
    const [dead = '', ...others] = random.shuffled(names)
    const at = random.between(CALM_MS, CALM_MS + 500)
    segment.at(at, () => segment.kill(dead))
    segment.at(at + 500, () => replay(segment, (recorded.get(dead) ?? []).slice(), 100))
    others.forEach((name, index) => {
      segment.at(at + 1_000 + index * 600, () => segment.kill(name))
      segment.at(at + 1_200 + index * 600, () => segment.start(name))
    })
    for (let again = at + 2_000; again < END_MS; again += 1_000) {
      segment.at(again, () => replay(segment, (recorded.get(dead) ?? []).slice(-40), 100))
    }
  }),
  'all restart, and all that was said is replayed': {
    vacant: ALL_NEW_MS,
    ...starts((segment, random, names, recorded) => {
      segment.at(CALM_MS, () => {
        const before = [...recorded.values()].map(frames => frames.slice())
        restartAll(segment, random, names)
        for (const frames of before) replay(segment, frames, random.between(20, 100))
        segment.at(CALM_MS + 3_000, () => before.forEach(frames => replay(segment, frames, 100)))
      })
    }),
  },
} satisfies Record<string, Fault>

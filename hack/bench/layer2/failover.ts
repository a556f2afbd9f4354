/** The node that owns every VIP goes: how long clients do without, the last of them, and for how long two nodes answered. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeName } from '../../lab/addresses.ts'
import { cut, join } from '../../lab/cables.ts'
import type { Lab } from '../../lab/lab.ts'
import { killPart, signalPart, startPart } from '../../lab/parts.ts'
import { worstOf } from '../../lab/segment/answers.ts'
import { atMost, type Row, rowOf } from '../row.ts'
import { sample } from '../sample.ts'
import type { Layer2Options } from './options.ts'
import { answered, becomeReachable, gather, type SegmentScene, takesPart, withSegment } from './scene.ts'

/** Milliseconds. */
const SERVED = 500
const DOUBLED = 100
/** In which all has been said of what just happened (milliseconds). */
const AFTERWARDS = 500

/** Those that may own VIPs: node1 has what is behind them. */
const candidates = ['node2', 'node3', 'node4'] as const satisfies readonly NodeName[]

interface Failure {
  readonly name: string
  readonly strike: (lab: Lab, node: NodeName) => unknown
  readonly mend: (lab: Lab, node: NodeName) => unknown
}

const failures: readonly Failure[] = [
  {
    name: 'killed',
    strike: (lab, node) => killPart(lab, node, 'manager', 'SIGKILL'),
    mend: (lab, node) => startPart(lab, node, 'manager'),
  },
  {
    name: 'paused',
    strike: (lab, node) => signalPart(lab, node, 'manager', 'SIGSTOP'),
    mend: (lab, node) => signalPart(lab, node, 'manager', 'SIGCONT'),
  },
  { name: 'cut off', strike: cut, mend: join },
]

interface Taken {
  /** Milliseconds from the failure until the last VIP's client had an HTTP answer. */
  readonly served: number[]
  /** Milliseconds: the longest that somebody who asked for a VIP waited for an answer. */
  readonly answered: number[]
  /** Milliseconds in which two nodes answered, from the failure until the node is back. */
  readonly doubled: number[]
}

export const failoverOfOne = (options: Layer2Options): Promise<readonly Row[]> =>
  failover({ samples: 30, ...options, vips: 1 }, { every: 5, callEvery: 10 })

export const failoverOfMany = (options: Layer2Options): Promise<readonly Row[]> =>
  failover({ samples: 10, vips: 1_000, ...options }, { every: 100, callEvery: 100 })

/** @param pace milliseconds from one question, or one HTTP request, for a VIP to the next */
function failover(
  { lab, vips, samples, progress }: Required<Layer2Options>,
  { every, callEvery }: { readonly every: number; readonly callEvery: number },
): Promise<readonly Row[]> {
  return withSegment({ lab: { name: lab }, vips, every, progress }, async scene => {
    const floor = await calls(scene, callEvery)
    progress(`the client alone takes ${floor} ms`)
    const rows: Row[] = []
    for (const failure of failures) {
      const taken: Taken = { served: [], answered: [], doubled: [] }
      for (let round = 0; round < samples; round += 1) {
        const node = candidates[round % candidates.length] ?? 'node2'
        await strikeAndMend(scene, failure, node, callEvery, taken)
        const last = [taken.served.at(-1), taken.answered.at(-1)?.toFixed(0), taken.doubled.at(-1)?.toFixed(0)]
        progress(`${failure.name} ${round + 1} of ${samples}: served, answered, doubled ${last.join(', ')} ms`)
      }
      rows.push(...rowsOf(`${vips} VIP${vips === 1 ? '' : 's'}, owner ${failure.name}`, taken, floor))
    }
    return rows
  })
}

async function strikeAndMend(
  scene: SegmentScene,
  { strike, mend }: Failure,
  node: NodeName,
  callEvery: number,
  taken: Taken,
): Promise<void> {
  const { lab, witness, progress } = scene
  await gather(scene, node)
  await becomeReachable(scene, node)
  await witness.lap()
  const others = candidates.filter(each => each !== node)
  const served = await sample(async () => {
    const began = Date.now()
    await strike(lab, node)
    const end = await calling(scene, callEvery)
    await answered(scene, ...others)
    return end - began
  }, progress)
  taken.served.push(served)
  await sleep(AFTERWARDS)
  const failing = worstOf((await witness.lap()).values())
  taken.answered.push(Number.isFinite(served) ? failing.gap : Number.POSITIVE_INFINITY)
  await mend(lab, node)
  await takesPart(scene, node)
  const back = worstOf((await witness.lap()).values())
  taken.doubled.push(Math.max(failing.doubled, back.doubled))
}

/** When the last VIP had an HTTP answer. */
async function calling({ caller, vips }: SegmentScene, every: number): Promise<number> {
  const answers = await caller.firstAnswers({ addresses: vips, every, within: 20_000 })
  return Math.max(...vips.map(vip => answers.get(vip)?.at ?? Number.POSITIVE_INFINITY))
}

/** What calling all of them takes when nothing is wrong. */
async function calls(scene: SegmentScene, every: number): Promise<number> {
  await calling(scene, every)
  const began = Date.now()
  return (await calling(scene, every)) - began
}

function rowsOf(name: string, { served, answered, doubled }: Taken, floor: number): readonly Row[] {
  const quantiles = [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const
  return [
    ...quantiles.map(([text, q]) =>
      rowOf(`${name}: HTTP works again, the last VIP, ${text}`, served, { q, floor, target: atMost(SERVED) }),
    ),
    ...quantiles.map(([text, q]) =>
      rowOf(`${name}: another answers ARP, the last VIP, ${text}`, answered, { q, target: atMost(SERVED) }),
    ),
    rowOf(`${name}: two nodes answer, until it is back, worst`, doubled, { q: 1, target: atMost(DOUBLED) }),
  ]
}

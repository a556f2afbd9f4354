import { Announcer } from '../../../../src/layer2/announce/announcer.ts'
import type { AnnounceEffect, Trouble } from '../../../../src/layer2/announce/effect.ts'
import type { Claim, Frame } from '../../../../src/layer2/ownership/frame.ts'
import type { Unseen } from '../../../../src/layer2/wire/beat.ts'
import { aFrame } from '../wire/beats.ts'

export const stranger = '02:00:00:00:99:99'
export const macOf = (node: string): string => `02:00:00:00:00:${node.slice(-1).padStart(2, '0')}`

type Happened = AnnounceEffect & { readonly at: number }

/** An announcer of node1, a clock, and all that came of it. */
export class Play {
  now = 0
  readonly happened: Happened[] = []
  /** `node VIP` of what other members answer for. */
  readonly claims = new Set<string>()
  readonly announcer = new Announcer({
    node: 'node1',
    knows: vip => !vip.startsWith('198.'),
    claims: (node, vip) => this.claims.has(`${node} ${vip}`),
    random: () => this.random(),
  })
  readonly #step: number

  /** @param step of the loop (milliseconds) */
  constructor(step = 10) {
    this.#step = step
  }

  random(): number {
    return 0.5
  }

  /** Lets time pass, and calls back before each turn of the loop. */
  pass(milliseconds: number, eachTurn: () => void = () => undefined): void {
    const end = this.now + milliseconds
    this.#take()
    while (this.now < end) {
      this.now = Math.min(end, this.now + this.#step)
      eachTurn()
      this.#take()
    }
  }

  #take(): void {
    for (const effect of this.announcer.due(this.now)) this.happened.push({ ...effect, at: this.now })
  }

  hears(
    node: string,
    claims: readonly Claim[] = [],
    unseen: readonly Unseen[] = [],
    changes: Partial<Frame> = {},
  ): void {
    this.announcer.heard({ frame: { ...aFrame, ...changes, node, claims }, mac: macOf(node), unseen }, this.now)
  }

  times(type: 'answer' | 'announce' | 'probe', vip: string): readonly number[] {
    return this.happened.filter(effect => effect.type === type && effect.vip === vip).map(({ at }) => at)
  }

  /** What was told of a VIP, and when; undefined: it is over. */
  told(vip: string): readonly (readonly [number, Trouble | undefined])[] {
    return this.happened.flatMap(effect =>
      effect.type === 'trouble' && effect.vip === vip ? [[effect.at, effect.trouble] as const] : [],
    )
  }
}

export const claimOf = (owner: string, vip: string, epoch = 1): Claim => ({
  vip,
  owner,
  incarnation: aFrame.incarnation,
  epoch,
  state: 'held',
  announced: true,
})

/** The protocol with one rule taken out each: the simulation has to notice. */

import type { Candidacy } from '../../../../../src/layer2/ownership/candidacy.ts'
import type { Effect } from '../../../../../src/layer2/ownership/effect.ts'
import type { Frame } from '../../../../../src/layer2/ownership/frame.ts'
import { Member } from '../../../../../src/layer2/ownership/member.ts'
import type { Peer } from '../../../../../src/layer2/ownership/peer.ts'

export const mutants = {
  'a silent member is asked about': class extends Member {
    protected override judge(peer: Peer, now: number): void {
      if (peer.isSilent(now)) peer.markDown()
    }
  },
  'the claims of a deaf member do not count': class extends Member {
    override receive(frame: Frame, now: number): readonly Effect[] {
      return super.receive({ ...frame, deaf: false }, now)
    }
  },
  'candidates take turns': class extends Member {
    protected override turn(): number {
      return 0
    }
  },
  'claims that are not known are asked for': class extends Member {
    protected override wants(): boolean {
      return false
    }
  },
  'who starts listens first': class extends Member {
    protected override knowsEnough(): boolean {
      return true
    }
  },
  'whoever lost time begins anew': class extends Member {
    protected override beginAnew(): void {}
  },
  'an incarnation that is over is refused': class extends Member {
    protected override refuse(): void {}
  },
  'where nobody was ever heard the records decide': class extends Member {
    override update(changes: ReadonlyMap<string, Candidacy | undefined>, now: number): readonly Effect[] {
      const own = Array.from(changes, ([vip, of]) => [vip, of && { ...of, ownedElsewhere: false }] as const)
      return super.update(new Map(own), now)
    }
  },
} as const

/** The protocol with one rule taken out each: the simulation has to notice. */

import { Contest } from '../../../../../src/layer2/ownership/contest.ts'
import { Member } from '../../../../../src/layer2/ownership/member.ts'
import { Peer } from '../../../../../src/layer2/ownership/peer.ts'
import { Peers } from '../../../../../src/layer2/ownership/peers.ts'

/** Puts another method in the place of one. Returns what puts it back. */
function replace<T extends object, K extends keyof T>(prototype: T, name: K, method: T[K]): () => void {
  const before = prototype[name]
  prototype[name] = method
  return () => {
    prototype[name] = before
  }
}

export const mutants = {
  'a silent member is asked about': () =>
    replace(Peers.prototype, 'judge', (peer, challenge, now) => {
      if (peer.isSuspect(now)) peer.markDown(challenge)
    }),
  'the claims of a deaf member do not count': () => replace(Peer.prototype, 'isDeaf', () => false),
  'candidates take turns': () => replace(Contest.prototype, 'turn', () => 'mine'),
  'claims that are not known are asked for': () => replace(Member.prototype, 'wants', () => false),
  'who starts listens first': () => replace(Member.prototype, 'knowsEnough', () => true),
  'whoever lost time begins anew': () => replace(Member.prototype, 'beginAnew', () => undefined),
  'an incarnation that is over is refused': () => replace(Member.prototype, 'refuse', () => undefined),
  'where nobody was ever heard the records decide': () => replace(Contest.prototype, 'mayTake', () => true),
} as const satisfies Record<string, () => () => void>

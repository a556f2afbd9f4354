/** The protocol with one rule taken out each: the simulation has to notice. */
import { Contest } from '../../../../../src/layer2/ownership/contest.ts'
import { Hearing } from '../../../../../src/layer2/ownership/hearing.ts'
import { Member } from '../../../../../src/layer2/ownership/member.ts'
import { OwnClaims } from '../../../../../src/layer2/ownership/own.ts'
import { Peer } from '../../../../../src/layer2/ownership/peer.ts'
import { Peers } from '../../../../../src/layer2/ownership/peers.ts'
import { replace } from '../../../replace.ts'

const { hear, sighting, vouch } = Peer.prototype

export const mutants = {
  'a silent member is asked about': () =>
    replace(Peers.prototype, 'judge', (peer, now) => {
      if (peer.isSuspect(now)) peer.markDown(now)
    }),
  'the claims of a deaf member do not count': () => replace(Peer.prototype, 'isDeaf', () => false),
  'whoever hears clients is not deaf': () => replace(Member.prototype, 'notice', () => undefined),
  'candidates take turns': () => replace(Contest.prototype, 'turn', () => 'mine'),
  'claims that are not known are asked for': () => replace(Hearing.prototype, 'wants', () => false),
  'who starts listens first': () => replace(Member.prototype, 'knowsEnough', () => true),
  'whoever lost time begins anew': () => replace(Member.prototype, 'beginAnew', () => undefined),
  'an incarnation that is over is refused': () => replace(Hearing.prototype, 'refuse', () => undefined),
  'where nobody was ever heard the records decide': () => replace(Contest.prototype, 'mayTake', () => true),
  'a member that nobody hears claims nothing': () => replace(Peers.prototype, 'hearMe', () => true),
  'a member counts once it has shown that it lives now': () =>
    replace(Peer.prototype, 'hear', function (this: Peer, frame, now) {
      const isNew = hear.call(this, frame, now)
      if (isNew) this.prove(now)
      return isNew
    }),
  'only who was shown that a member lives vouches for it': () =>
    replace(Peer.prototype, 'sighting', function (this: Peer, now) {
      return { ...sighting.call(this, now), age: 0 }
    }),
  'two owners that do not hear each other are told by those that do': () =>
    replace(Contest.prototype, 'settleConflicts', () => undefined),
  'all count from the last sign of life that anybody saw': () =>
    replace(Peer.prototype, 'vouch', function (this: Peer, incarnation, _age, now) {
      vouch.call(this, incarnation, 0, now)
    }),
  'a missing member is looked for': () => replace(Peers.prototype, 'isSearching', () => false),
  'those that hear each other again tell each other what they have': () =>
    replace(Hearing.prototype, 'greet', () => undefined),
  'an answer names whom it is for': () => replace(Peers.prototype, 'address', () => undefined),
  'a claim is said again': () => replace(OwnClaims.prototype, 'dueAgain', () => []),
  'what is offered is answered for until it is taken': () =>
    replace(OwnClaims.prototype, 'untaken', function (this: OwnClaims, allSince) {
      return allSince === undefined ? [] : [...this.vips]
    }),
  'who is known from others only counts': () =>
    replace(Hearing.prototype, 'hearOf', (name, incarnation, now) => new Peer(name, incarnation, now)),
} as const satisfies Record<string, () => () => void>

import type { Peer__Output } from '../../../proto/generated/api/Peer.ts'
import type { Peer } from '../router.ts'
import { fromPeer } from './conversions.ts'

/**
 * BFD is given to a peer while its session is up, and taken from it when that goes down. GoBGP would start it before: then
 * it meets the BFD session that a router has for a connection which is only being opened, and that the router replaces by
 * another as the session comes up. GoBGP ends BGP over that, once with a configured neighbour of FRR and again and again
 * with a dynamic one (`bgp listen range`), whose BFD session lives no longer than the connection.
 */
export class BfdSupervisor {
  /** The peers with BFD, as they were asked for. */
  readonly #asked = new Map<string, Peer>()

  ask(peer: Peer): void {
    if (peer.bfd === undefined) this.#asked.delete(peer.address)
    else this.#asked.set(peer.address, peer)
  }

  forget(address: string): void {
    this.#asked.delete(address)
  }

  /** Whether there is anything to look after. */
  get idle(): boolean {
    return this.#asked.size === 0
  }

  /** What was asked of a peer, whether or not it has its BFD at the moment. One that has it without our asking is adopted. */
  asAsked(held: Peer): Peer {
    if (held.bfd !== undefined) this.ask(held)
    const bfd = this.#asked.get(held.address)?.bfd
    return bfd === undefined ? held : { ...held, bfd }
  }

  /** The peer as it is to be sent, among those that gobgpd lists. */
  now(peer: Peer, listed: readonly Peer__Output[]): Peer {
    const held = listed.find(({ conf }) => conf?.neighborAddress === peer.address)
    return isUp(held) ? peer : withoutBfd(peer)
  }

  /** The peers whose BFD is to be turned on or off, as they are to be sent. */
  due(listed: readonly Peer__Output[]): readonly Peer[] {
    return listed.flatMap(held => {
      const asked = this.#asked.get(held.conf?.neighborAddress ?? '')
      if (asked === undefined || isUp(held) === (fromPeer(held).bfd !== undefined)) return []
      return this.now(asked, listed)
    })
  }
}

export function withoutBfd({ bfd: _off, ...peer }: Peer): Peer {
  return peer
}

const isUp = (held: Peer__Output | undefined): boolean => held?.state?.sessionState === 'SESSION_STATE_ESTABLISHED'

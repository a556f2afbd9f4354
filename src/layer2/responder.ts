/** What the speaker asks of layer 2, and hears from it. The part that reads and writes frames is behind this. */
import type { Observable } from 'rxjs'
import type { CounterName } from './counters.ts'
import type { Candidacy } from './ownership/candidacy.ts'
import type { Cause } from './ownership/effect.ts'

/** A VIP that this node takes part in answering for. */
export interface Vip extends Candidacy {
  /** Interfaces of this node, by name. On each the owner is found apart from the others. */
  readonly interfaces: readonly string[]
}

/** What is so of an interface that VIPs name. `forbidden`: nothing can be read or written on it without CAP_NET_RAW. */
export type LinkState = 'up' | 'down' | 'missing' | 'forbidden'

/** Something that happened. Times are left to whoever hears it. */
export type ResponderEvent =
  /** From now on this node answers, with this MAC address (lower case, colons). */
  | {
      readonly type: 'owned'
      readonly address: string
      readonly interface: string
      readonly epoch: number
      readonly cause: Cause
      readonly mac: string
    }
  /** From now on it does not. */
  | { readonly type: 'yielded'; readonly address: string; readonly interface: string; readonly cause: Cause }
  /** A stranger answers for a VIP of this node. Before the first announcement this node keeps silent; later it goes on. */
  | { readonly type: 'conflict'; readonly address: string; readonly interface: string; readonly mac: string }
  /** A member's own kernel answers for the VIP: kube-proxy in IPVS mode without strictARP. */
  | {
      readonly type: 'strictArpDisabled'
      readonly address: string
      readonly interface: string
      readonly node: string
      readonly mac: string
    }
  /** Other members hear this node, and do not see its announcements: something on the way drops them. */
  | { readonly type: 'filtered'; readonly address: string; readonly interface: string; readonly by: readonly string[] }
  /** What the last of these three told is over. */
  | { readonly type: 'cleared'; readonly address: string; readonly interface: string }
  /** VIPs that had lost their owner are announced: so long after this node found that (milliseconds, of each). */
  | { readonly type: 'failedOver'; readonly interface: string; readonly milliseconds: readonly number[] }
  | { readonly type: 'link'; readonly interface: string; readonly state: LinkState }
  /** Of requests that come in a burst some are lost: without CAP_NET_ADMIN their queue is no longer than the system's limit. */
  | { readonly type: 'shortQueue'; readonly interface: string }
  /** It waits for its turn like all other threads: on a node that is busy enough others take it for dead. */
  | { readonly type: 'notRealTime'; readonly why: string }
  /** Interfaces, their addresses or routes may be others now. */
  | { readonly type: 'linksChanged' }

/** Since the start. */
export type Counters = Readonly<Record<CounterName, number>>

export interface Responder {
  /** Errors if the responder has ended, which it does on its own only by a bug. */
  readonly events: Observable<ResponderEvent>
  /** By address, canonical text: what is to be taken part in from now on; undefined for what is no more. */
  update(changes: ReadonlyMap<string, Vip | undefined>): void
  /** On these interfaces this node is to be there for the others from now on, with VIPs or without. */
  attend(interfaces: readonly string[]): void
  /** Whether this node can forward anything. False puts all it has up for grabs; it is answered for until taken. */
  setAble(able: boolean): void
  /** Hands over all there is; resolves once others have it, or a second later. */
  leave(): Promise<void>
  counters(): Counters
  /** Ends it as it is. */
  close(): Promise<void>
}

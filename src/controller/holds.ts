import { isDeepStrictEqual } from 'node:util'
import { Map as IMap } from 'immutable'
import { type Entry, owners } from '../ipam/entry.ts'
import type { Node } from '../kube/objects.ts'
import { mayAnnounce, type Sighting, VOUCHED_MS } from '../liveness/sighting.ts'

/** Milliseconds without a renewal after which a speaker is doubted: it renews every 5 s, and we look every 2 s. */
const DOUBTFUL_MS = 10_000

interface Hold {
  readonly entry: Entry
  /** When we knew that the API server has it like this. */
  readonly since: number
  /** Who was waited for when we last looked. */
  waitedFor: readonly string[]
}

/** A release has to wait until it is known which speakers there are. */
export class SpeakersUnknown extends Error {
  override readonly name = 'SpeakersUnknown'
}

/** Addresses that are kept back from everybody else until no speaker can announce them any more. */
export class Holds {
  /** Milliseconds of monotonic time, as in the sightings. */
  readonly now: () => number
  readonly #holds = new Map<string, Hold>()
  /** When addresses were given, by the UID of their VirtualIP: of those given by us. */
  readonly #givenAt = new Map<string, number>()
  #sighting: Sighting | undefined
  #nodes: IMap<string, Node> = IMap()

  constructor(now: () => number) {
    this.now = now
  }

  /** Takes up what is known of speakers and nodes. Returns the keys of the Services whose holds others are waited for now. */
  observe(seen: { readonly sighting?: Sighting; readonly nodes?: IMap<string, Node> }): readonly string[] {
    this.#sighting = seen.sighting ?? this.#sighting
    this.#nodes = seen.nodes ?? this.#nodes
    const keys: string[] = []
    for (const hold of this.#holds.values()) {
      const waitedFor = this.#waitedFor(hold)
      if (isDeepStrictEqual(waitedFor, hold.waitedFor)) continue
      hold.waitedFor = waitedFor
      keys.push(...owners(hold.entry))
    }
    return keys
  }

  /** Takes up that an address was given, not before `at`. */
  given({ uid = '' }: Entry, at: number): void {
    this.#givenAt.set(uid, at)
  }

  /** Takes up how an address stands in the ledger. */
  record(entry: Entry): void {
    const known = this.#holds.get(entry.address)
    if (entry.held === undefined) this.#holds.delete(entry.address)
    else if (known === undefined || !isSameHold(known.entry, entry)) {
      const hold: Hold = { entry, since: this.now(), waitedFor: entry.held.nodes }
      this.#holds.set(entry.address, hold)
    }
  }

  /** Takes up that an address is in the ledger no more. */
  forget({ address, uid }: Entry): void {
    this.#holds.delete(address)
    if (uid !== undefined) this.#givenAt.delete(uid)
  }

  /**
   * The nodes whose speakers may announce an address for a while yet, sorted: of a held one those that are still waited
   * for. None: it is free as soon as its VirtualIP is gone.
   *
   * @throws SpeakersUnknown
   */
  waitedFor(entry: Entry): readonly string[] {
    const hold = this.#holds.get(entry.address)
    if (this.#sighting === undefined) throw new SpeakersUnknown('the speakers’ Leases have not been read yet')
    if (hold !== undefined) return this.#waitedFor(hold)
    const now = this.now()
    const givenAt = this.#givenAt.get(entry.uid ?? '')
    const { speakers, askedAt } = this.#sighting
    return [...speakers]
      .flatMap(([name, speaker]) => {
        const question = { aliveSince: now - DOUBTFUL_MS, givenAt, askedAt }
        return mayAnnounce(speaker, this.#nodes.get(name), question) ? name : []
      })
      .sort()
  }

  #waitedFor({ entry, since }: Hold): readonly string[] {
    const names = entry.held?.nodes ?? []
    if (this.#sighting === undefined) return names
    const { speakers, askedAt } = this.#sighting
    const question = { aliveSince: since + VOUCHED_MS, askedAt }
    return names.filter(name => mayAnnounce(speakers.get(name), this.#nodes.get(name), question))
  }
}

/** Between two generations it may have been given back, announced anew and held again, unseen by us. */
function isSameHold(a: Entry, b: Entry): boolean {
  return a.uid === b.uid && a.generation === b.generation && isDeepStrictEqual(a.held, b.held)
}

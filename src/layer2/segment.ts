import type { Family } from '../net/address.ts'
import type { CounterName } from './counters.ts'
import type { Effect } from './ownership/effect.ts'
import type { Frame } from './ownership/frame.ts'
import { Member } from './ownership/member.ts'
import type { ResponderEvent, Vip } from './responder.ts'
import type { Output } from './segment/output.ts'
import { BeatCodec } from './wire/codec.ts'
import { etherTypes, HEADER_LENGTH, typeOf } from './wire/ethernet.ts'
import { macBytes } from './wire/mac.ts'
import { protocols } from './wire/neighbor.ts'
import { Roster } from './wire/roster.ts'
import { familyOf, VipMap } from './wire/vip.ts'

/** A VIP that is taken part in. */
interface Entry {
  readonly vip: string
  answered: boolean
}

export interface SegmentOptions {
  /** The interface's name. */
  readonly interface: string
  /** This node's name. */
  readonly node: string
  /** What members authenticate their heartbeats with. */
  readonly key: Uint8Array
  /** Higher than any before. */
  readonly incarnation: number
  readonly count: (name: CounterName, by: number) => void
}

/**
 * What this node does on one interface: takes part in finding the owner of each VIP, answers for those it owns, and tells the segment
 * of them. No I/O and no clock: times are milliseconds, monotonic. What comes of a call is to be taken from `outputs` after it.
 */
export class Segment {
  readonly #options: SegmentOptions
  readonly #member: Member
  readonly #roster = new Roster()
  readonly #codec: BeatCodec
  readonly #entries = new Map<string, Entry>()
  /** The same, found by what frames say. */
  readonly #vips = new VipMap<Entry>()
  #mac = ''
  #macBytes: Uint8Array = new Uint8Array(6)
  #outputs: Output[] = []

  constructor(options: SegmentOptions, now: number) {
    this.#options = options
    this.#member = new Member(options, now)
    this.#codec = new BeatCodec(options.key, options.node, this.#roster)
    this.#do(this.#member.setCarrier(false, now))
  }

  /** How many VIPs are taken part in. */
  get vips(): number {
    return this.#entries.size
  }

  get isLeaving(): boolean {
    return this.#member.phase === 'leaving' || this.isGone
  }

  /** Nothing is answered for any more, and the others know. */
  get isGone(): boolean {
    return this.#member.phase === 'gone'
  }

  /** What is to be done since the last time, in order. */
  outputs(): readonly Output[] {
    const outputs = this.#outputs
    if (outputs.length > 0) this.#outputs = []
    return outputs
  }

  /** To be called first whenever the loop comes around. Returns whether frames that wait are history, and to be dropped. */
  wake(now: number): boolean {
    const isStale = this.#member.wake(now)
    // What was lost is no longer answered for before anything else is looked at.
    if (isStale) this.tick(now)
    return isStale
  }

  update(changes: ReadonlyMap<string, Vip | undefined>, now: number): void {
    for (const [vip, change] of changes) if (change) this.#add(vip)
    for (const set of new Set(Array.from(changes.values(), change => change?.candidates))) {
      for (const node of set ?? []) this.#roster.learn(node)
    }
    this.#do(this.#member.update(changes, now))
    for (const [vip, change] of changes) if (!change) this.#remove(vip)
  }

  setAble(able: boolean, now: number): void {
    if (!this.isLeaving) this.#do(this.#member.setAble(able, now))
  }

  /** The interface as it is now; undefined: it is not there. */
  setLink(link: { readonly mac: string; readonly up: boolean } | undefined, now: number): void {
    if (link && link.mac !== this.#mac) {
      this.#mac = link.mac
      this.#macBytes = macBytes(link.mac)
    }
    this.#do(this.#member.setCarrier(link?.up ?? false, now))
  }

  leave(now: number): void {
    this.#do(this.#member.leave(now))
  }

  tick(now: number): void {
    this.#do(this.#member.tick(now))
  }

  /**
   * Takes a frame, at the start of a buffer that has room for a reply. Returns the length of the reply that is there now, in place of
   * the frame; 0 if there is none (bytes).
   */
  receive(frame: Buffer, length: number, now: number): number {
    if (length < HEADER_LENGTH) return this.#drop('Truncated')
    switch (typeOf(frame)) {
      case etherTypes.beat:
        return this.#receiveBeat(frame, length, now)
      case etherTypes.arp:
        return this.#receiveNeighbor(frame, length, 4)
      case etherTypes.ipv6:
        return this.#receiveNeighbor(frame, length, 6)
      default:
        return this.#drop('UnknownType')
    }
  }

  #receiveBeat(frame: Buffer, length: number, now: number): 0 {
    const beat = this.#codec.decode(frame, length)
    if (typeof beat === 'string') return this.#drop(beat)
    if (beat === undefined) return 0
    this.#options.count('BeatsReceived', 1)
    this.#do(this.#member.receive(beat.frame, now))
    return 0
  }

  #receiveNeighbor(frame: Buffer, length: number, family: Family): number {
    const protocol = protocols[family]
    const kind = protocol.kind(frame, length)
    if (kind === 'statement') return 0
    if (kind !== 'request' && kind !== 'probe') return this.#drop(kind)
    const entry = this.#vips.find(frame, protocol.target, family)
    if (!entry?.answered) return this.#drop(entry ? 'NotOwned' : 'NotForUs')
    this.#options.count(family === 4 ? 'ArpReplies' : 'NdpReplies', 1)
    return protocol.reply(frame, this.#macBytes)
  }

  #add(vip: string): void {
    if (this.#entries.has(vip)) return
    const entry = { vip, answered: false }
    this.#entries.set(vip, entry)
    this.#vips.set(vip, entry)
  }

  #remove(vip: string): void {
    this.#entries.delete(vip)
    this.#vips.delete(vip)
  }

  #do(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'own') this.#own(effect)
      else if (effect.type === 'yield') this.#yield(effect)
      else this.#sendBeat(effect.frame)
    }
  }

  #sendBeat(frame: Frame): void {
    for (const part of this.#codec.encode({ frame, mac: this.#mac, unseen: [] })) this.#send(part)
    this.#options.count('BeatsSent', 1)
  }

  #own({ vip, epoch, cause }: Effect & { type: 'own' }): void {
    const entry = this.#entries.get(vip)
    if (!entry) return
    entry.answered = true
    this.#send(protocols[familyOf(vip)].announcement(vip, this.#macBytes))
    this.#tell({ type: 'owned', address: vip, interface: this.#options.interface, epoch, cause, mac: this.#mac })
  }

  #yield({ vip, cause }: Effect & { type: 'yield' }): void {
    const entry = this.#entries.get(vip)
    if (!entry) return
    entry.answered = false
    this.#tell({ type: 'yielded', address: vip, interface: this.#options.interface, cause })
  }

  #drop(reason: CounterName): 0 {
    this.#options.count(reason, 1)
    return 0
  }

  #send(frame: Buffer): void {
    this.#outputs.push({ type: 'frame', frame })
  }

  #tell(event: ResponderEvent): void {
    this.#outputs.push(event)
  }
}

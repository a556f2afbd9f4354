import type { Effect } from './ownership/effect.ts'
import type { Frame } from './ownership/frame.ts'
import { Member } from './ownership/member.ts'
import type { Vip } from './responder.ts'
import { Answerer, type AnswererOptions } from './segment/answerer.ts'
import type { Output } from './segment/output.ts'
import { BeatCodec } from './wire/codec.ts'
import { etherTypes, HEADER_LENGTH, typeOf } from './wire/ethernet.ts'
import { Roster } from './wire/roster.ts'

export interface SegmentOptions extends Pick<AnswererOptions, 'interface' | 'node' | 'count' | 'random'> {
  /** What members authenticate their heartbeats with. */
  readonly key: Uint8Array
  /** Higher than any before. */
  readonly incarnation: number
}

/**
 * What this node does on one interface: takes part in finding the owner of each VIP, answers for those it owns, and tells the segment
 * of them. No I/O and no clock: times are milliseconds, monotonic. What comes of a call is to be taken from `outputs` after it.
 */
export class Segment {
  readonly #count: SegmentOptions['count']
  readonly #member: Member
  readonly #answerer: Answerer
  readonly #roster = new Roster()
  readonly #codec: BeatCodec
  #outputs: Output[] = []

  constructor(options: SegmentOptions, now: number) {
    this.#count = options.count
    this.#member = new Member(options, now)
    this.#answerer = new Answerer({
      ...options,
      claims: (node, vip) => this.#member.claims(node, vip),
      output: output => this.#outputs.push(output),
      announced: (vip, now) => this.#member.announced(vip, now),
    })
    this.#codec = new BeatCodec(options.key, options.node, this.#roster)
    this.setLink(undefined, now)
  }

  /** How many VIPs this node takes part in. */
  get vips(): number {
    return this.#answerer.size
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
    for (const [vip, change] of changes) if (change) this.#answerer.add(vip)
    const candidates = new Set(Array.from(changes.values(), change => change?.candidates))
    for (const set of candidates) for (const node of set ?? []) this.#roster.learn(node)
    this.#follow(this.#member.update(changes, now), now)
    for (const [vip, change] of changes) if (!change) this.#answerer.delete(vip)
  }

  setAble(able: boolean, now: number): void {
    if (!this.isLeaving) this.#follow(this.#member.setAble(able, now), now)
  }

  /** The interface as it is now; undefined: it is not there. */
  setLink(link: { readonly mac: string; readonly up: boolean } | undefined, now: number): void {
    if (link) this.#answerer.setMac(link.mac, now)
    this.#follow(this.#member.setCarrier(link?.up ?? false, now), now)
  }

  leave(now: number): void {
    this.#follow(this.#member.leave(now), now)
  }

  /** To be called at least every 10 ms. */
  tick(now: number): void {
    this.#follow(this.#member.tick(now), now)
  }

  /**
   * Takes a frame, at the start of a buffer that has room for a reply. Returns the length of the reply that is there now in its
   * place; 0 if there is none (bytes).
   */
  receive(frame: Buffer, length: number, now: number): number {
    switch (length < HEADER_LENGTH ? undefined : typeOf(frame)) {
      case etherTypes.beat:
        this.#receiveBeat(frame, length, now)
        return 0
      case etherTypes.arp:
        this.#member.notice(now)
        return this.#answerer.receive(frame, length, 4, now)
      case etherTypes.ipv6:
        this.#member.notice(now)
        return this.#answerer.receive(frame, length, 6, now)
      case undefined:
        this.#count('Truncated', 1)
        return 0
      default:
        this.#count('UnknownType', 1)
        return 0
    }
  }

  #receiveBeat(frame: Buffer, length: number, now: number): void {
    const beat = this.#codec.decode(frame, length)
    if (typeof beat === 'string') return this.#count(beat, 1)
    if (beat === undefined) return
    this.#count('BeatsReceived', 1)
    this.#answerer.heard(beat, now)
    this.#follow(this.#member.receive(beat.frame, now), now)
  }

  #follow(effects: readonly Effect[], now: number): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.#sendBeat(effect.frame, now)
      else if (effect.type === 'own') this.#answerer.own(effect, now)
      else this.#answerer.yield(effect, now)
    }
    this.#answerer.announce(now)
  }

  #sendBeat(frame: Frame, now: number): void {
    const { mac } = this.#answerer
    for (const part of this.#codec.encode({ frame, mac, unseen: this.#answerer.unseen(now) })) {
      this.#outputs.push({ type: 'frame', frame: part })
    }
    this.#count('BeatsSent', 1)
  }
}

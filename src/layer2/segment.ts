import type { Family } from '../net/address.ts'
import { Announcer } from './announce/announcer.ts'
import type { AnnounceEffect } from './announce/effect.ts'
import type { CounterName } from './counters.ts'
import type { Effect } from './ownership/effect.ts'
import type { Frame } from './ownership/frame.ts'
import { Member } from './ownership/member.ts'
import type { Vip } from './responder.ts'
import type { Output, SegmentEvent } from './segment/output.ts'
import { VipTable } from './segment/table.ts'
import { BeatCodec } from './wire/codec.ts'
import { etherTypes, HEADER_LENGTH, typeOf } from './wire/ethernet.ts'
import { macBytes } from './wire/mac.ts'
import { protocols } from './wire/neighbor.ts'
import { Roster } from './wire/roster.ts'
import { familyOf } from './wire/vip.ts'

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
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * What this node does on one interface: takes part in finding the owner of each VIP, answers for those it owns, and tells the segment
 * of them. No I/O and no clock: times are milliseconds, monotonic. What comes of a call is to be taken from `outputs` after it.
 */
export class Segment {
  readonly #options: SegmentOptions
  readonly #member: Member
  readonly #announcer: Announcer
  readonly #roster = new Roster()
  readonly #codec: BeatCodec
  readonly #vips = new VipTable()
  #mac = ''
  #macBytes = macBytes('')
  #outputs: Output[] = []

  constructor(options: SegmentOptions, now: number) {
    this.#options = options
    this.#member = new Member(options, now)
    this.#announcer = new Announcer({
      node: options.node,
      random: options.random,
      knows: vip => this.#vips.get(vip) !== undefined,
      claims: (node, vip) => this.#member.claims(node, vip),
    })
    this.#codec = new BeatCodec(options.key, options.node, this.#roster)
    this.setLink(undefined, now)
  }

  /** How many VIPs are taken part in. */
  get vips(): number {
    return this.#vips.size
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
    for (const [vip, change] of changes) if (change) this.#vips.add(vip)
    const candidates = new Set(Array.from(changes.values(), change => change?.candidates))
    for (const set of candidates) for (const node of set ?? []) this.#roster.learn(node)
    this.#follow(this.#member.update(changes, now), now)
    for (const [vip, change] of changes) {
      if (change) continue
      this.#vips.delete(vip)
      this.#announcer.forget(vip)
    }
  }

  setAble(able: boolean, now: number): void {
    if (!this.isLeaving) this.#follow(this.#member.setAble(able, now), now)
  }

  /** The interface as it is now; undefined: it is not there. */
  setLink(link: { readonly mac: string; readonly up: boolean } | undefined, now: number): void {
    if (link && link.mac !== this.#mac) this.#setMac(link.mac, now)
    this.#follow(this.#member.setCarrier(link?.up ?? false, now), now)
  }

  leave(now: number): void {
    this.#follow(this.#member.leave(now), now)
  }

  tick(now: number): void {
    this.#follow(this.#member.tick(now), now)
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
        return this.#receiveNeighbor(frame, length, 4, now)
      case etherTypes.ipv6:
        return this.#receiveNeighbor(frame, length, 6, now)
      default:
        return this.#drop('UnknownType')
    }
  }

  #receiveBeat(frame: Buffer, length: number, now: number): 0 {
    const beat = this.#codec.decode(frame, length)
    if (typeof beat === 'string') return this.#drop(beat)
    if (beat === undefined) return 0
    this.#options.count('BeatsReceived', 1)
    this.#announcer.heard(beat, now)
    this.#follow(this.#member.receive(beat.frame, now), now)
    return 0
  }

  #receiveNeighbor(frame: Buffer, length: number, family: Family, now: number): number {
    const protocol = protocols[family]
    const kind = protocol.kind(frame, length)
    if (kind !== 'request' && kind !== 'probe' && kind !== 'statement') return this.#drop(kind)
    const about = this.#vips.find(frame, kind === 'probe' ? protocol.target : protocol.subject(kind), family)
    if (about) {
      const mac = protocol.mac(frame)
      if (mac === this.#mac) return this.#drop('FromSelf')
      if (kind === 'probe') this.#announcer.sawProbe(about.vip, mac, now)
      else this.#announcer.saw(about.vip, mac, now)
      this.#announce(now)
    }
    if (kind === 'statement') return about ? 0 : this.#drop('NotForUs')
    const asked = this.#vips.find(frame, protocol.target, family)
    if (!asked?.answered) return this.#drop(asked ? 'NotOwned' : 'NotForUs')
    this.#options.count(family === 4 ? 'ArpReplies' : 'NdpReplies', 1)
    return protocol.reply(frame, this.#macBytes)
  }

  /** What is answered for is announced anew, as if it had just been taken over. */
  #setMac(mac: string, now: number): void {
    this.#mac = mac
    this.#macBytes = macBytes(mac)
    for (const { vip, answered } of this.#vips) if (answered) this.#announcer.own(vip, 'OwnerLost', now)
  }

  #follow(effects: readonly Effect[], now: number): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.#sendBeat(effect.frame, now)
      else if (effect.type === 'own') this.#own(effect, now)
      else this.#yield(effect, now)
    }
    this.#announce(now)
  }

  #sendBeat(frame: Frame, now: number): void {
    const unseen = this.#announcer.unseen(now)
    for (const part of this.#codec.encode({ frame, mac: this.#mac, unseen })) this.#send(part)
    this.#options.count('BeatsSent', 1)
  }

  #own({ vip, epoch, cause }: Effect & { type: 'own' }, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry) return
    entry.claim = { epoch, cause }
    this.#announcer.own(vip, cause, now)
  }

  #yield({ vip, cause }: Effect & { type: 'yield' }, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry) return
    this.#announcer.yield(vip, now)
    if (entry.answered) this.#tell({ type: 'yielded', address: vip, cause })
    entry.claim = undefined
    entry.answered = false
  }

  #announce(now: number): void {
    for (const effect of this.#announcer.due(now)) this.#doAnnouncement(effect)
  }

  #doAnnouncement(effect: AnnounceEffect): void {
    const { vip } = effect
    const protocol = protocols[familyOf(vip)]
    switch (effect.type) {
      case 'answer':
        return this.#answer(vip)
      case 'announce':
        this.#options.count('Announcements', 1)
        return this.#send(protocol.announcement(vip, this.#macBytes))
      case 'probe':
        return this.#send(protocol.probe(vip, this.#macBytes))
      case 'trouble':
        return this.#tell({ ...(effect.trouble ?? { type: 'cleared' }), address: vip })
    }
  }

  #answer(vip: string): void {
    const entry = this.#vips.get(vip)
    if (!entry?.claim) return
    entry.answered = true
    this.#tell({ type: 'owned', address: vip, ...entry.claim, mac: this.#mac })
  }

  #drop(reason: CounterName): 0 {
    this.#options.count(reason, 1)
    return 0
  }

  #tell(event: SegmentEvent): void {
    this.#outputs.push({ ...event, interface: this.#options.interface })
  }

  #send(frame: Buffer): void {
    this.#outputs.push({ type: 'frame', frame })
  }
}

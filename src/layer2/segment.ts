import type { CounterName } from './counters.ts'
import type { Effect } from './ownership/effect.ts'
import { Member } from './ownership/member.ts'
import type { ResponderEvent, Vip } from './responder.ts'
import type { Output } from './segment/output.ts'
import { ARP_SENDER, ARP_TARGET, arpKind, replyToArp } from './wire/arp.ts'
import { etherTypes, typeOf } from './wire/ethernet.ts'
import { macBytes } from './wire/mac.ts'
import { NDP_TARGET, ndpKind, replyToNdp } from './wire/ndp.ts'
import { announcement } from './wire/neighbor.ts'
import { VipMap } from './wire/vip.ts'

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
  readonly #vips = new Set<string>()
  /** Those that are answered for, by what frames say. */
  readonly #answered = new VipMap<string>()
  #mac = ''
  #macBytes: Uint8Array = new Uint8Array(6)
  #outputs: Output[] = []

  constructor(options: SegmentOptions, now: number) {
    this.#options = options
    this.#member = new Member(options, now)
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
    for (const [vip, change] of changes) {
      if (change) this.#vips.add(vip)
      else this.#vips.delete(vip)
    }
    this.#do(this.#member.update(changes, now), now)
  }

  setAble(able: boolean, now: number): void {
    if (!this.isLeaving) this.#do(this.#member.setAble(able, now), now)
  }

  /** The interface as it is now; undefined: it is not there. */
  setLink(link: { readonly mac: string; readonly up: boolean } | undefined, now: number): void {
    if (link && link.mac !== this.#mac) {
      this.#mac = link.mac
      this.#macBytes = macBytes(link.mac)
    }
    this.#do(this.#member.setCarrier(link?.up ?? false, now), now)
  }

  leave(now: number): void {
    this.#do(this.#member.leave(now), now)
  }

  tick(now: number): void {
    this.#do(this.#member.tick(now), now)
  }

  /**
   * Takes a frame, at the start of a buffer that has room for a reply. Returns the length of the reply that is there now, in place of
   * the frame; 0 if there is none (bytes).
   */
  receive(frame: Buffer, length: number, now: number): number {
    switch (typeOf(frame)) {
      case etherTypes.arp:
        return this.#receiveArp(frame, length)
      case etherTypes.ipv6:
        return this.#receiveNdp(frame, length)
      default:
        return 0
    }
  }

  #receiveArp(frame: Buffer, length: number): number {
    const kind = arpKind(frame, length)
    switch (kind) {
      case 'request':
      case 'probe':
        if (this.#answered.find(frame, ARP_TARGET, 4) === undefined) return this.#drop('NotForUs')
        this.#options.count('ArpReplies', 1)
        return replyToArp(frame, this.#macBytes)
      case 'reply':
      case 'announcement':
        return 0
      default:
        return this.#drop(kind)
    }
  }

  #receiveNdp(frame: Buffer, length: number): number {
    const kind = ndpKind(frame, length)
    switch (kind) {
      case 'solicitation':
      case 'probe':
        if (this.#answered.find(frame, NDP_TARGET, 6) === undefined) return this.#drop('NotForUs')
        this.#options.count('NdpReplies', 1)
        return replyToNdp(frame, this.#macBytes)
      case 'advertisement':
        return 0
      default:
        return this.#drop(kind)
    }
  }

  #drop(reason: CounterName): 0 {
    this.#options.count(reason, 1)
    return 0
  }

  #do(effects: readonly Effect[], now: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          break
        case 'own':
          this.#answered.set(effect.vip, effect.vip)
          this.#outputs.push({ type: 'frame', frame: announcement(effect.vip, this.#macBytes) })
          this.#tell({
            type: 'owned',
            address: effect.vip,
            interface: this.#options.interface,
            epoch: effect.epoch,
            cause: effect.cause,
            mac: this.#mac,
          })
          break
        case 'yield':
          this.#answered.delete(effect.vip)
          this.#tell({ type: 'yielded', address: effect.vip, interface: this.#options.interface, cause: effect.cause })
          break
      }
    }
  }

  #tell(event: ResponderEvent): void {
    this.#outputs.push(event)
  }
}

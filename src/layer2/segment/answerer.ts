import type { Family } from '../../net/address.ts'
import { Announcer } from '../announce/announcer.ts'
import type { AnnounceEffect } from '../announce/effect.ts'
import type { CounterName } from '../counters.ts'
import type { Effect } from '../ownership/effect.ts'
import type { Beat, Unseen } from '../wire/beat.ts'
import { macBytes } from '../wire/mac.ts'
import { protocols } from '../wire/neighbor.ts'
import { familyOf } from '../wire/vip.ts'
import type { Output, SegmentEvent } from './output.ts'
import { VipTable } from './table.ts'

export interface AnswererOptions {
  /** The interface's name. */
  readonly interface: string
  /** This node's name. */
  readonly node: string
  readonly count: (name: CounterName, by: number) => void
  /** From 0 to 1. */
  readonly random: () => number
  /** Whether by its heartbeats another member answers for a VIP. */
  readonly claims: (node: string, vip: string) => boolean
  readonly output: (output: Output) => void
  /** A VIP is announced from now on. */
  readonly announced: (vip: string, now: number) => void
}

/** What hosts on the segment see of the VIPs: answers for those that this node owns, and announcements. */
export class Answerer {
  readonly #options: AnswererOptions
  readonly #announcer: Announcer
  readonly #vips = new VipTable()
  /** Of the VIPs that were announced first since the last of them were told (milliseconds). */
  readonly #failovers: number[] = []
  #mac = ''
  #macBytes: Uint8Array = macBytes('')

  constructor(options: AnswererOptions) {
    this.#options = options
    this.#announcer = new Announcer({ ...options, knows: vip => this.#vips.get(vip) !== undefined })
  }

  /** How many VIPs this node takes part in. */
  get size(): number {
    return this.#vips.size
  }

  get mac(): string {
    return this.#mac
  }

  add(vip: string): void {
    this.#vips.add(vip)
  }

  delete(vip: string): void {
    this.#vips.delete(vip)
    this.#announcer.forget(vip)
  }

  /** What is answered for is announced anew, as if it had just been taken over. */
  setMac(mac: string, now: number): void {
    if (mac === this.#mac) return
    this.#mac = mac
    this.#macBytes = macBytes(mac)
    for (const { vip, answered } of this.#vips) if (answered) this.#announcer.own(vip, 'OwnerLost', now)
  }

  /** From now on this node owns the VIP; it answers at once, or when it is known that no stranger has it. */
  own({ vip, epoch, cause, vacantAt }: Effect & { type: 'own' }, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry) return
    entry.claim = { epoch, cause, vacantAt }
    entry.announced = false
    this.#announcer.own(vip, cause, now)
  }

  /** From now on it does not, and answers no longer. */
  yield({ vip, cause }: Effect & { type: 'yield' }, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry) return
    this.#announcer.yield(vip, now)
    if (entry.answered) {
      this.#options.count('Owned', -1)
      this.#tell({ type: 'yielded', address: vip, cause })
    }
    entry.claim = undefined
    entry.answered = false
  }

  heard(beat: Beat, now: number): void {
    this.#announcer.heard(beat, now)
  }

  /** For the next heartbeat. */
  unseen(now: number): readonly Unseen[] {
    return this.#announcer.unseen(now)
  }

  /**
   * Takes a frame of ARP or Neighbor Discovery, at the start of a buffer that has room for a reply. Returns the length of the reply
   * that is there now in its place; 0 if there is none (bytes).
   */
  receive(frame: Buffer, length: number, family: Family, now: number): number {
    const { count } = this.#options
    const protocol = protocols[family]
    const kind = protocol.kind(frame, length)
    if (kind !== 'request' && kind !== 'probe' && kind !== 'statement') {
      count(kind, 1)
      return 0
    }
    if (kind !== 'statement') count(family === 4 ? 'ArpRequests' : 'NdpRequests', 1)
    const about = this.#vips.find(frame, kind === 'probe' ? protocol.target : protocol.subject(kind), family)
    if (about) {
      const mac = protocol.mac(frame)
      if (mac === this.#mac) {
        count('FromSelf', 1)
        return 0
      }
      if (kind === 'probe') this.#announcer.sawProbe(about.vip, mac, now)
      else this.#announcer.saw(about.vip, mac, now)
      this.announce(now)
    }
    if (kind === 'statement') {
      if (!about) count('NotForUs', 1)
      return 0
    }
    const asked = this.#vips.find(frame, protocol.target, family)
    if (!asked?.answered) {
      count(asked ? 'NotOwned' : 'NotForUs', 1)
      return 0
    }
    count(family === 4 ? 'ArpReplies' : 'NdpReplies', 1)
    return protocol.reply(frame, this.#macBytes)
  }

  /** Does what is due. */
  announce(now: number): void {
    for (const effect of this.#announcer.due(now)) this.#do(effect, now)
    if (this.#failovers.length > 0) {
      const milliseconds = this.#failovers.splice(0)
      this.#options.output({ type: 'failedOver', interface: this.#options.interface, milliseconds })
    }
  }

  #do(effect: AnnounceEffect, now: number): void {
    const { vip } = effect
    const protocol = protocols[familyOf(vip)]
    switch (effect.type) {
      case 'answer':
        return this.#answer(vip, now)
      case 'announce':
        this.#options.count('Announcements', 1)
        this.#noteFailover(vip, now)
        return this.#options.output({ type: 'frame', frame: protocol.announcement(vip, this.#macBytes) })
      case 'probe':
        return this.#options.output({ type: 'frame', frame: protocol.probe(vip, this.#macBytes) })
      case 'trouble':
        return this.#tell({ ...(effect.trouble ?? { type: 'cleared' }), address: vip })
    }
  }

  #answer(vip: string, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry?.claim) return
    if (!entry.answered) this.#options.count('Owned', 1)
    entry.answered = true
    this.#options.announced(vip, now)
    const { epoch, cause } = entry.claim
    this.#tell({ type: 'owned', address: vip, epoch, cause, mac: this.#mac })
  }

  #noteFailover(vip: string, now: number): void {
    const entry = this.#vips.get(vip)
    if (!entry?.claim || entry.announced) return
    entry.announced = true
    if (entry.claim.cause === 'OwnerLost') this.#failovers.push(now - entry.claim.vacantAt)
  }

  #tell(event: SegmentEvent): void {
    this.#options.output({ ...event, interface: this.#options.interface })
  }
}

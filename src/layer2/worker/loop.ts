import { receiveMessageOnPort } from 'node:worker_threads'
import type { CounterName } from '../counters.ts'
import { memberName } from '../ownership/name.ts'
import type { Vip } from '../responder.ts'
import { FrameBatch } from '../socket/batch.ts'
import { hush } from '../socket/eventfd.ts'
import { LinkWatch } from '../socket/netlink.ts'
import { Poller } from '../socket/poller.ts'
import { Attachment } from './attachment.ts'
import { countIn } from './counters.ts'
import { LifeWatch, showLife } from './life.ts'
import type { Order, Report, WorkerOptions } from './mail.ts'

/** How often members want to hear what time it is, while there are any (milliseconds). */
const TICK_MS = 10
/** The same where no interface is in use: whatever there is to do wakes the loop. */
const IDLE_MS = 1_000
/** At most so often it is told that interfaces, addresses or routes are others now (milliseconds). */
const LINKS_TOLD_MS = 100
/** Frames that are taken from a queue before the others are looked at. */
const BATCH = 32
/** Reports in one message: more would keep frames waiting while they are copied. */
const REPORTS = 256

/** What the worker does all the time: frames, the kernel's news, orders and time, in turns so short that none waits for another. */
export class Loop {
  readonly #options: WorkerOptions
  readonly #clock: () => number
  readonly #watch = new LinkWatch()
  readonly #poller = new Poller()
  readonly #batch = new FrameBatch(BATCH)
  readonly #attachments = new Map<string, Attachment>()
  readonly #vips = new Map<string, Vip>()
  /** Interfaces that are used even without VIPs. */
  #attended: ReadonlySet<string> = new Set()
  readonly #life: LifeWatch
  /** The interface that was named first: on it this node is called as it is. */
  #first: string | undefined
  readonly #count: (name: CounterName, by: number) => void
  #reports: Report[] = []
  #tickedAt: number
  #able = true
  #alive = true
  #leaving = false
  #left = false
  #linksToldAt = Number.NEGATIVE_INFINITY
  #linksChanged = false
  #closed = false

  constructor(options: WorkerOptions, clock: () => number) {
    this.#options = options
    this.#clock = clock
    this.#tickedAt = clock()
    this.#life = new LifeWatch(new Int32Array(options.life), this.#tickedAt)
    this.#count = countIn(new Float64Array(options.counters))
    this.#listen()
  }

  /** Returns when told to close. */
  run(): void {
    const turns = new Int32Array(this.#options.turns)
    while (!this.#closed) {
      showLife(turns)
      const rest = this.#attachments.size === 0 ? IDLE_MS : TICK_MS - (this.#clock() - this.#tickedAt)
      this.#poller.wait(this.#reports.length > 0 ? 0 : Math.max(0, Math.ceil(rest)))
      this.#round(this.#clock())
    }
    for (const attachment of this.#attachments.values()) attachment.close()
    this.#watch.close()
  }

  #round(now: number): void {
    for (const attachment of this.#attachments.values()) attachment.wake(now)
    if (this.#poller.isReady(this.#watch.fd) && this.#watch.read()) this.#follow(now)
    for (const kind of [0, 1, 2]) {
      for (const attachment of this.#attachments.values()) {
        const socket = attachment.sockets[kind]
        if (socket && this.#poller.isReady(socket.fd)) attachment.receive(socket, this.#batch, now)
      }
    }
    if (this.#poller.isReady(this.#options.bell.fd)) this.#takeOrder(now)
    if (now - this.#tickedAt >= TICK_MS - 1) this.#tick(now)
    if (this.#reports.length > 0) this.#options.port.postMessage(this.#reports.splice(0, REPORTS))
  }

  #tick(now: number): void {
    this.#tickedAt = now
    const alive = this.#life.isAlive(now)
    if (alive !== this.#alive) {
      this.#alive = alive
      this.#tellWhetherAble(now)
    }
    for (const attachment of this.#attachments.values()) {
      attachment.tick(now)
      if (attachment.isGone) this.#drop(attachment)
    }
    if (this.#leaving && this.#attachments.size === 0 && !this.#left) {
      this.#left = true
      this.#reports.push({ type: 'left' })
    }
    if (this.#linksChanged && now - this.#linksToldAt >= LINKS_TOLD_MS) {
      this.#linksChanged = false
      this.#linksToldAt = now
      this.#reports.push({ type: 'linksChanged' })
    }
  }

  /** Takes one, so that frames are looked after before the next. */
  #takeOrder(now: number): void {
    let mail = receiveMessageOnPort(this.#options.port)
    if (mail === undefined) {
      hush(this.#options.bell)
      // What was posted before the bell went silent has no bell of its own.
      mail = receiveMessageOnPort(this.#options.port)
    }
    if (mail !== undefined) this.#obey(mail.message as Order, now)
  }

  #obey(order: Order, now: number): void {
    switch (order.type) {
      case 'update':
        return this.#update(order.addresses, order.vip, now)
      case 'attend':
        return this.#attend(new Set(order.interfaces), now)
      case 'able':
        this.#able = order.able
        return this.#tellWhetherAble(now)
      case 'leave':
        this.#leaving = true
        for (const attachment of this.#attachments.values()) attachment.leave(now)
        return
      case 'close':
        this.#closed = true
        return
    }
  }

  #update(addresses: readonly string[], vip: Vip | undefined, now: number): void {
    if (this.#leaving) return
    const changes = new Map<string, Map<string, Vip | undefined>>()
    const change = (name: string, address: string, vip: Vip | undefined): void => {
      const ofInterface = changes.get(name) ?? new Map<string, Vip | undefined>()
      changes.set(name, ofInterface.set(address, vip))
    }
    for (const address of addresses) {
      for (const name of this.#vips.get(address)?.interfaces ?? []) change(name, address, undefined)
      for (const name of vip?.interfaces ?? []) change(name, address, vip)
      if (vip) this.#vips.set(address, vip)
      else this.#vips.delete(address)
    }
    for (const [name, ofInterface] of changes) {
      const attachment = this.#attach(name, now)
      attachment.update(ofInterface, now)
      this.#leaveIfIdle(attachment, now)
    }
  }

  #attend(names: ReadonlySet<string>, now: number): void {
    if (this.#leaving) return
    this.#attended = names
    for (const name of names) this.#attach(name, now)
    for (const attachment of this.#attachments.values()) this.#leaveIfIdle(attachment, now)
  }

  #leaveIfIdle(attachment: Attachment, now: number): void {
    if (attachment.vips === 0 && !this.#attended.has(attachment.name)) attachment.leave(now)
  }

  /** One that is about to leave has no VIPs, so nothing is lost with it. */
  #attach(name: string, now: number): Attachment {
    const existing = this.#attachments.get(name)
    if (existing && !existing.isLeaving) return existing
    if (existing) this.#drop(existing)
    const { key } = this.#options
    this.#first ??= name
    // Others may be on the same segment: there the node is several members.
    const node = name === this.#first ? this.#options.node : memberName(this.#options.node, name)
    const attachment = new Attachment(
      { interface: name, node, key, incarnation: Date.now(), count: this.#count, random: Math.random },
      report => this.#reports.push(report),
      this.#clock,
    )
    this.#attachments.set(name, attachment)
    attachment.setAble(this.#able && this.#alive, now)
    attachment.follow(this.#watch.links.byName(name), now)
    this.#listen()
    return attachment
  }

  #drop(attachment: Attachment): void {
    attachment.close()
    this.#attachments.delete(attachment.name)
    this.#listen()
  }

  #tellWhetherAble(now: number): void {
    for (const attachment of this.#attachments.values()) attachment.setAble(this.#able && this.#alive, now)
  }

  #follow(now: number): void {
    this.#linksChanged = true
    for (const attachment of this.#attachments.values())
      attachment.follow(this.#watch.links.byName(attachment.name), now)
    this.#listen()
  }

  #listen(): void {
    const sockets = [...this.#attachments.values()].flatMap(({ sockets }) => sockets)
    this.#poller.fds = [this.#options.bell.fd, this.#watch.fd, ...sockets.map(({ fd }) => fd)]
  }
}

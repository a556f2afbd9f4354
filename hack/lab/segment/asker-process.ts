/**
 * Asks for addresses again and again, and takes down the answers, in the network namespace that it is started in; `witness.ts`
 * starts it. The first line on its standard input is an object of `Questions`; for each one after it, which names one of
 * `Reports`, it prints that one. It ends with its standard input.
 *
 * It does nothing else, blocks in `poll`, and runs in real time: what it sees is how others answer, not how busy the machine is.
 */
import { readFileSync, readSync, writeSync } from 'node:fs'
import { Poller } from '../../../src/layer2/socket/poller.ts'
import { becomeRealTime } from '../../../src/layer2/socket/realtime.ts'
import { etherTypes } from '../../../src/layer2/wire/ethernet.ts'
import { type Answer, judge } from './answers.ts'
import { advertised, announcedOrAnswered } from './filters.ts'
import { question, sightingOf } from './frames.ts'
import { now, StampedSocket } from './stamped.ts'
import type { Answered, Questions, Reports } from './witness.ts'

becomeRealTime()
const stdin = 0
const input = Buffer.alloc(1 << 16)
let text = ''
/** Waits for what comes. Returns whether anything does still. */
function read(): boolean {
  const length = readSync(stdin, input)
  text += input.toString('utf8', 0, length)
  return length > 0
}
/** The next line that has come whole. */
function takeLine(): string | undefined {
  const end = text.indexOf('\n')
  if (end < 0) return undefined
  const line = text.slice(0, end)
  text = text.slice(end + 1)
  return line
}

while (!text.includes('\n') && read());
const { device, asker, addresses, every, members } = JSON.parse(takeLine() ?? '') as Questions
const index = Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'))
const arp = new StampedSocket(index, etherTypes.arp, announcedOrAnswered)
const ndp = new StampedSocket(index, etherTypes.ipv6, advertised)
const sockets = [arp, ndp]

/** Whoever answers again within so many questions, or milliseconds, has answered all the time. */
const STILL = { questions: 3, milliseconds: 100 }
/** Milliseconds. */
const PROMPT = 1
const still = Math.max(STILL.milliseconds, STILL.questions * every)

interface Seen {
  readonly questions: number[]
  /** By members. */
  readonly answers: Answer[]
  /** How often somebody who is no member answered, or announced the address. */
  strangers: number
}

const nothing = (): Seen => ({ questions: [], answers: [], strangers: 0 })
const asked = addresses.map(address => ({
  address,
  frame: question(asker, address),
  socket: address.includes(':') ? ndp : arp,
  seen: nothing(),
}))
const byAddress = new Map(asked.map(each => [each.address, each]))
const last = new Map<string, Answer>()

const began = now()
let sent = 0

/** Asks for all that it is time for. After a time without a CPU it goes on, and does not make up for it. */
function ask(): void {
  const due = Math.floor(((now() - began) * asked.length) / every)
  sent = Math.max(sent, due - asked.length)
  for (; sent < due; sent += 1) {
    const { frame, socket, seen } = asked[sent % asked.length] as (typeof asked)[number]
    const before = now()
    socket.send(frame)
    // When one went that took long to be sent nobody knows.
    if (now() - before < PROMPT) seen.questions.push(before)
  }
}

function listen(): void {
  for (const socket of sockets) {
    for (let frame = socket.receive(); frame !== undefined; frame = socket.receive()) see(frame.at, frame.bytes)
  }
}

function see(at: number, bytes: Buffer): void {
  const sighting = sightingOf(bytes)
  const of = byAddress.get(sighting?.address ?? '')
  if (sighting === undefined || sighting.type === 'question' || of === undefined) return
  const { type, address, mac } = sighting
  if (!mac.startsWith(members)) of.seen.strangers += 1
  else if (type === 'answer') {
    const answer = { at, mac }
    of.seen.answers.push(answer)
    last.set(address, answer)
  }
}

const reports: { readonly [Name in keyof Reports]: () => Reports[Name] } = {
  lap() {
    const until = now()
    return Object.fromEntries(
      asked.map(each => {
        const { answers, strangers, ...rest } = each.seen
        each.seen = nothing()
        // Two processors may have delivered them.
        const exchange = { ...rest, answers: answers.sort((one, other) => one.at - other.at) }
        return [each.address, { ...judge(exchange, until, still), strangers } satisfies Answered]
      }),
    )
  },
  last: () => Object.fromEntries(last),
}

const poller = new Poller()
poller.fds = [stdin, arp.fd, ndp.fd]
do {
  for (let name = takeLine(); name !== undefined; name = takeLine()) {
    writeSync(1, `${JSON.stringify(reports[name as keyof Reports]())}\n`)
  }
  poller.wait(1)
  ask()
  listen()
} while (!poller.isReady(stdin) || read())

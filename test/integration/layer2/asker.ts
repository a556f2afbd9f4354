/**
 * A client that asks for addresses again and again, in the network namespace that it is started in: `asker.ts EVERY ADDRESS...`, all of them
 * every so many milliseconds. For each line on its standard input it prints what was answered since the last one, by address
 * (`Answering` of hack/lab/segment/answers.ts), as one JSON object.
 */
import { createInterface } from 'node:readline'
import { type Answer, type Answering, judge } from '../../../hack/lab/segment/answers.ts'
import { question, sightingOf } from '../../../hack/lab/segment/frames.ts'
import { FrameBatch } from '../../../src/layer2/socket/batch.ts'
import { neighborDiscovery, toUs } from '../../../src/layer2/socket/filter.ts'
import { LinkWatch } from '../../../src/layer2/socket/netlink.ts'
import { PacketSocket } from '../../../src/layer2/socket/packet.ts'
import { etherTypes } from '../../../src/layer2/wire/ethernet.ts'

export type Lap = Readonly<Record<string, Answering>>

const [every, ...addresses] = process.argv.slice(2)
const link = new LinkWatch().links.byName('eth0')
if (link === undefined) throw new Error('there is no eth0')
const asker = { mac: link.mac, v4: '10.67.0.250', v6: 'fd67::250' }
const sockets = {
  arp: new PacketSocket(link.index, etherTypes.arp, toUs),
  ndp: new PacketSocket(link.index, etherTypes.ipv6, neighborDiscovery),
}
const questions = addresses.map(address => ({ address, frame: question(asker, address) }))
const batch = new FrameBatch(64)
let seen = new Map<string, { questions: number[]; answers: Answer[] }>()

const seenOf = (address: string) => {
  const known = seen.get(address) ?? { questions: [], answers: [] }
  seen.set(address, known)
  return known
}

function read(): void {
  for (const socket of [sockets.arp, sockets.ndp]) {
    for (let count = socket.receive(batch); count > 0; count = socket.receive(batch)) {
      for (let i = 0; i < count; i++) {
        const sighting = sightingOf((batch.frames[i] as Buffer).subarray(0, batch.lengthAt(i)))
        if (sighting?.type !== 'answer') continue
        seenOf(sighting.address).answers.push({ at: performance.now(), mac: sighting.mac })
      }
    }
  }
}

setInterval(() => {
  read()
  for (const { address, frame } of questions) {
    seenOf(address).questions.push(performance.now())
    if (address.includes(':')) sockets.ndp.send(frame)
    else sockets.arp.send(frame)
  }
}, Number(every))

for await (const _ of createInterface(process.stdin)) {
  read()
  const until = performance.now()
  const lap: Lap = Object.fromEntries(Array.from(seen, ([address, exchange]) => [address, judge(exchange, until)]))
  seen = new Map()
  console.log(JSON.stringify(lap))
}
process.exit()

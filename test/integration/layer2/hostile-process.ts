/**
 * Sends frames that nobody should, in the network namespace that it is started in: `hostile-process.ts SEED COUNT VIP...`. Random bytes,
 * requests and advertisements with something wrong, heartbeats that were recorded and changed. Prints for which addresses but these
 * anybody answered.
 */
import { question, sightingOf } from '../../../hack/lab/segment/frames.ts'
import { FrameBatch } from '../../../src/layer2/socket/batch.ts'
import { neighborDiscovery, toUs } from '../../../src/layer2/socket/filter.ts'
import { LinkWatch } from '../../../src/layer2/socket/netlink.ts'
import { PacketSocket } from '../../../src/layer2/socket/packet.ts'
import { etherTypes } from '../../../src/layer2/wire/ethernet.ts'

const [seed = '1', count = '1000', ...vips] = process.argv.slice(2)
const link = new LinkWatch().links.byName('eth0')
if (link === undefined) throw new Error('there is no eth0')
const open = (etherType: number, filter = toUs) => new PacketSocket(link.index, etherType, filter)
const sockets = [open(etherTypes.arp), open(etherTypes.ipv6, neighborDiscovery), open(etherTypes.beat)] as const
const [arp, ndp, beats] = sockets
const batch = new FrameBatch(64)
const answered = new Set<string>()

/** Marsaglia's xorshift, so that a run can be had again. */
let state = Number(seed) | 1
function random(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

const asker = { mac: link.mac, v4: '10.67.0.250', v6: 'fd67::250' }
const templates = vips.map(vip => question(asker, vip))

function read(socket: PacketSocket, take: (frame: Buffer) => void): void {
  for (let count = socket.receive(batch); count > 0; count = socket.receive(batch)) {
    for (let i = 0; i < count; i++) take((batch.frames[i] as Buffer).subarray(0, batch.lengthAt(i)))
  }
}

/** Some of the heartbeats that are on the wire. */
const recorded: Buffer[] = []
while (recorded.length < 5) read(beats, frame => recorded.push(Buffer.from(frame)))

function noise(frame: Buffer): number {
  const length = 14 + random(100)
  for (let i = 0; i < length; i++) frame[i] = random(256)
  frame.fill(0xff, 0, 6)
  frame.writeUInt16BE([etherTypes.arp, etherTypes.ipv6, etherTypes.beat][random(3)] as number, 12)
  return length
}

/** One that was in order, with some bytes others, or cut off. */
function changed(frame: Buffer, original: Buffer): number {
  original.copy(frame)
  for (let changes = 1 + random(3); changes > 0; changes--) frame[14 + random(original.length - 14)] = random(256)
  return random(4) === 0 ? 14 + random(original.length - 14) : original.length
}

const pick = <T>(all: readonly T[]): T => all[random(all.length)] as T

for (let sent = 0; sent < Number(count); ) {
  while (batch.replies < batch.capacity) {
    const frame = batch.frames[batch.replies] as Buffer
    const length = random(3) === 0 ? noise(frame) : changed(frame, pick(random(2) === 0 ? templates : recorded))
    batch.reply(batch.replies, length)
  }
  sent += arp.reply(batch)
  for (const socket of [arp, ndp]) {
    read(socket, frame => {
      const sighting = sightingOf(frame)
      if (sighting?.type === 'answer' && !vips.includes(sighting.address)) answered.add(sighting.address)
    })
  }
}
console.log(JSON.stringify([...answered]))
process.exit()

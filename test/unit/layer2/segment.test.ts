/** What comes of frames: the parts of a segment together, without an interface. */
import test from 'ava'
import type { CounterName } from '../../../src/layer2/counters.ts'
import { Segment } from '../../../src/layer2/segment.ts'
import { BeatCodec } from '../../../src/layer2/wire/codec.ts'
import { etherTypes, typeOf } from '../../../src/layer2/wire/ethernet.ts'
import { macBytes } from '../../../src/layer2/wire/mac.ts'
import { protocols } from '../../../src/layer2/wire/neighbor.ts'
import { Roster } from '../../../src/layer2/wire/roster.ts'
import { families } from '../net/arbitrary.ts'
import { beatOf } from './wire/beats.ts'
import { client, frames, node } from './wire/frames.ts'

const key = Buffer.alloc(32, 'key')

/** A segment with one member, which is this node, and its clock. */
class Alone {
  now = 0
  readonly counted = new Map<string, number>()
  readonly sent: Buffer[] = []
  readonly told: string[] = []
  readonly segment = new Segment(
    {
      interface: 'eth0',
      node: 'node1',
      key,
      incarnation: 1_795_000_000_000,
      count: (name: CounterName, by: number) => void this.counted.set(name, (this.counted.get(name) ?? 0) + by),
      random: () => 0.5,
    },
    0,
  )

  constructor(vips: readonly string[]) {
    const vip = { interfaces: ['eth0'], candidates: new Set(['node1']), weights: new Map(), ownedElsewhere: false }
    this.segment.setLink({ mac: node, up: true }, 0)
    this.segment.update(new Map(vips.map(address => [address, vip])), 0)
  }

  pass(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end; this.now += 10) {
      this.segment.tick(this.now)
      this.#take()
    }
  }

  /** Returns the reply, if there is one. */
  receive(frame: Buffer): Buffer | undefined {
    const buffer = Buffer.alloc(2_048)
    frame.copy(buffer)
    const length = this.segment.receive(buffer, frame.length, this.now)
    this.#take()
    return length === 0 ? undefined : buffer.subarray(0, length)
  }

  #take(): void {
    for (const output of this.segment.outputs()) {
      if (output.type === 'frame') this.sent.push(output.frame)
      else this.told.push('address' in output ? `${output.type} ${output.address}` : output.type)
    }
  }
}

for (const family of families) {
  const { vip, request, reply, probe, replyToProbe, announcement, ownProbe } = frames[family]

  test(`31: ${vip}: owned, it is probed, answered and announced; before, it is not answered`, t => {
    const alone = new Alone([vip])
    t.is(alone.receive(request), undefined)
    alone.pass(10_000)
    t.deepEqual(alone.told, [`owned ${vip}`])
    const packets = alone.sent.filter(frame => typeOf(frame) !== etherTypes.beat)
    t.deepEqual(packets.slice(0, 4), [ownProbe, ownProbe, ownProbe, announcement])
    t.deepEqual(alone.receive(request), reply)
    t.is(alone.counted.get('NotOwned'), 1)
    t.is(alone.counted.get(family === 4 ? 'ArpRequests' : 'NdpRequests'), 2)
    t.is(alone.counted.get('Owned'), 1)
    t.is(alone.counted.get(family === 4 ? 'ArpReplies' : 'NdpReplies'), 1)
  })

  test(`30: ${vip}: a host that asks whether it is free is answered, and no stranger`, t => {
    const alone = new Alone([vip])
    alone.pass(10_000)
    t.deepEqual(alone.receive(probe), replyToProbe)
    alone.pass(60_000)
    t.deepEqual(alone.told, [`owned ${vip}`])
  })

  test(`30: ${vip}: a host that says it has it is a stranger, as long as it does`, t => {
    const alone = new Alone([vip])
    alone.pass(10_000)
    t.is(alone.receive(protocols[family].announcement(vip, macBytes(client))), undefined)
    alone.pass(60_000)
    t.deepEqual(alone.told, [`owned ${vip}`, `conflict ${vip}`, `cleared ${vip}`])
    t.deepEqual(alone.receive(request), reply, 'it goes on')
  })

  test(`${vip}: this node is no stranger to itself, should its frames come back`, t => {
    const alone = new Alone([vip])
    alone.pass(10_000)
    const sent = alone.sent.length
    for (const frame of alone.sent.slice(0, sent)) t.is(alone.receive(frame), undefined)
    alone.pass(5_000)
    t.deepEqual(alone.told, [`owned ${vip}`])
    t.is(alone.counted.get('FromSelf'), sent)
  })

  test(`31: another address than ${vip} is none of ours`, t => {
    const alone = new Alone([family === 4 ? '192.0.2.17' : '2001:db8::11'])
    alone.pass(10_000)
    t.is(alone.receive(request), undefined)
    t.is(alone.receive(reply), undefined)
    t.is(alone.counted.get('NotForUs'), 2)
  })

  test(`29, 32: ${vip}: with another MAC it is answered and announced anew`, t => {
    const alone = new Alone([vip])
    alone.pass(10_000)
    alone.segment.setLink({ mac: client, up: true }, alone.now)
    alone.pass(50)
    const expected = protocols[family].announcement(vip, macBytes(client))
    t.true(alone.sent.some(frame => frame.equals(expected)))
    t.deepEqual(alone.told, [`owned ${vip}`, `owned ${vip}`])
  })
}

test('a heartbeat is taken if it has the key, and every frame is counted', t => {
  const alone = new Alone([])
  const beat = beatOf({ node: 'node2' })
  for (const [secret, name] of [
    [key, 'BeatsReceived'],
    [Buffer.alloc(32), 'BadHmac'],
  ] as const) {
    for (const frame of new BeatCodec(secret, 'node2', new Roster()).encode(beat)) alone.receive(frame)
    t.is(alone.counted.get(name), 1)
  }
  alone.receive(Buffer.alloc(10))
  alone.receive(Buffer.alloc(60))
  t.is(alone.counted.get('Truncated'), 1)
  t.is(alone.counted.get('UnknownType'), 1)
})

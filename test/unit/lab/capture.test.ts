import test from 'ava'
import fc from 'fast-check'
import { type BgpMessage, BgpReader } from '../../../hack/lab/capture/bgp.ts'
import { PcapReader } from '../../../hack/lab/capture/pcap.ts'
import { parseSegment, type Segment, TcpStreams } from '../../../hack/lab/capture/tcp.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

/** Bytes in pieces, cut anywhere. */
const pieces = (bytes: Buffer) =>
  fc.array(fc.nat(bytes.length), { maxLength: 8 }).map(cuts => {
    const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
    return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
  })

const message = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.alloc(16, 0xff), u16(19 + body.length), Buffer.from([type]), body])

const update = (withdrawn: string, attributes: string, announced: string): Buffer => {
  const [gone, rest] = [hex(withdrawn), hex(attributes)]
  return message(2, Buffer.concat([u16(gone.length), gone, u16(rest.length), rest, hex(announced)]))
}

const none = { announced: [], withdrawn: [] }
const updates: readonly (readonly [what: string, addPath: boolean, bytes: Buffer, expected: BgpMessage])[] = [
  [
    'IPv4, announced and withdrawn, of every length',
    false,
    update('20 0a420001  18 0a4200', '40 01 01 00  40 03 04 0a3e000b', '20 0a420002  11 c63380  00'),
    {
      type: 'UPDATE',
      announced: ['10.66.0.2/32', '198.51.128.0/17', '0.0.0.0/0'],
      withdrawn: ['10.66.0.1/32', '10.66.0.0/24'],
    },
  ],
  [
    'IPv4 with path identifiers: each path counts',
    true,
    update('00000001 20 0a420001', '40 01 01 00', '00000001 20 0a420002  00000002 20 0a420002'),
    { type: 'UPDATE', announced: ['10.66.0.2/32', '10.66.0.2/32'], withdrawn: ['10.66.0.1/32'] },
  ],
  [
    'IPv6 announced (MP_REACH_NLRI, a long attribute)',
    false,
    update(
      '',
      '40 01 01 00  90 0e 0026 0002 01 10 fd62000000000000000000000000000b 00 80 fd660000000000000000000000000001',
      '',
    ),
    { type: 'UPDATE', announced: ['fd66::1/128'], withdrawn: [] },
  ],
  [
    'IPv6 withdrawn (MP_UNREACH_NLRI), with a path identifier',
    true,
    update('', '80 0f 0c 0002 01 00000007 20 fd660001', ''),
    { type: 'UPDATE', announced: [], withdrawn: ['fd66:1::/32'] },
  ],
  ['End-of-RIB of IPv4', false, update('', '', ''), { type: 'UPDATE', ...none }],
  ['End-of-RIB of IPv6', false, update('', '80 0f 03 0002 01', ''), { type: 'UPDATE', ...none }],
]

for (const [what, addPath, bytes, expected] of updates) {
  test(`an UPDATE: ${what}`, t => {
    t.deepEqual(new BgpReader(addPath).push(bytes), [expected])
  })
}

test('messages are told apart wherever the stream is cut', t => {
  const bytes = Buffer.concat([
    message(1, Buffer.alloc(10)),
    message(4, Buffer.alloc(0)),
    updates[0]?.[2] ?? hex(''),
    message(3, u16(0)),
  ])
  fc.assert(
    fc.property(pieces(bytes), cut => {
      const reader = new BgpReader(false)
      const types = cut.flatMap(piece => reader.push(piece)).map(({ type }) => type)
      t.deepEqual(types, ['OPEN', 'KEEPALIVE', 'UPDATE', 'NOTIFICATION'])
    }),
  )
  t.throws(() => new BgpReader(false).push(Buffer.alloc(19)), { message: 'no BGP message begins here' })
})

const segment = (sequence: number, data: string, syn = false): Segment => ({
  from: '10.62.0.11',
  fromPort: 40_000,
  to: '10.62.0.1',
  toPort: 179,
  sequence: sequence >>> 0,
  syn,
  data: Buffer.from(data),
})

test('a stream is put together from segments that are late or sent again, also where sequence numbers wrap', t => {
  const text = 'all that was sent, once and in order'
  const start = 0xffff_fff0
  const parts = fc.array(fc.record({ from: fc.nat(text.length - 1), length: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(parts, again => {
      const all = [...again, ...Array.from(text, (_, from) => ({ from, length: 1 }))]
      const streams = new TcpStreams()
      streams.push(segment(start - 1, '', true))
      const got = all.map(({ from, length }) => streams.push(segment(start + from, text.slice(from, from + length))))
      t.is(Buffer.concat(got).toString(), text)
    }),
  )
})

test('a connection that is met half-way begins there; each direction is its own', t => {
  const streams = new TcpStreams()
  t.is(streams.push(segment(500, 'abc')).toString(), 'abc')
  t.is(streams.push({ ...segment(7, 'xyz'), from: '10.62.0.1', to: '10.62.0.11' }).toString(), 'xyz')
  t.is(streams.push(segment(500, 'abcd')).toString(), 'd')
})

test('a segment that was missed is noticed by the next', t => {
  const streams = new TcpStreams()
  streams.push(segment(500, 'abc'))
  t.false(streams.incomplete)
  t.is(streams.push(segment(504, 'e')).toString(), '')
  t.true(streams.incomplete)
  t.is(streams.push(segment(503, 'd')).toString(), 'de')
  t.false(streams.incomplete)
})

test('TCP over IPv4 and IPv6 is read out of Ethernet frames, without what pads them', t => {
  const tcp = '9c40 00b3 00000064 00000000 50 18 0000 0000 0000 6869'
  const v4 = hex(`${'00'.repeat(12)} 0800 45 00 002a 0000 0000 40 06 0000 0a3e000b 0a3e0001 ${tcp} 00000000`)
  const v6 = hex(
    `${'00'.repeat(12)} 86dd 60000000 0016 06 40 ${'fd62'.padEnd(30, '0')}0b ${'fd62'.padEnd(30, '0')}01 ${tcp}`,
  )
  const rest = { fromPort: 40_000, toPort: 179, sequence: 100, syn: false, data: Buffer.from('hi') }
  t.deepEqual(parseSegment(v4), { from: '10.62.0.11', to: '10.62.0.1', ...rest })
  t.deepEqual(parseSegment(v6), { from: 'fd62::b', to: 'fd62::1', ...rest })
  const udp = Buffer.from(v4)
  udp.writeUInt8(17, 23)
  t.is(parseSegment(udp), undefined)
})

test('frames are read out of a pcap wherever it is cut; one that is cut off is an error', t => {
  const header = hex('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000')
  const record = (data: string, whole = data.length) => {
    const head = Buffer.alloc(16)
    head.writeUInt32LE(1_000_000, 0)
    head.writeUInt32LE(500_000, 4)
    head.writeUInt32LE(data.length, 8)
    head.writeUInt32LE(whole, 12)
    return Buffer.concat([head, Buffer.from(data)])
  }
  fc.assert(
    fc.property(pieces(Buffer.concat([header, record('one'), record('three')])), cut => {
      const reader = new PcapReader()
      const frames = cut.flatMap(piece => reader.push(piece))
      t.deepEqual(
        frames.map(({ at, bytes }) => [at, bytes.toString()]),
        [
          [1_000_000_500, 'one'],
          [1_000_000_500, 'three'],
        ],
      )
    }),
  )
  t.throws(() => new PcapReader().push(Buffer.concat([header, record('one', 4)])), { message: /part of a frame/ })
  t.throws(() => new PcapReader().push(Buffer.alloc(24)), { message: /not a little-endian pcap/ })
})

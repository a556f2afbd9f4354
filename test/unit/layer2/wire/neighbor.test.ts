import test from 'ava'
import fc from 'fast-check'
import { macBytes } from '../../../../src/layer2/wire/mac.ts'
import { parseNeighbor, protocols } from '../../../../src/layer2/wire/neighbor.ts'
import { formatAddress } from '../../../../src/net/address.ts'
import { anAddress, families } from '../../net/arbitrary.ts'
import { bytes, client, frames, node } from './frames.ts'

const kinds = new Set(['request', 'probe', 'statement'])

/** A received frame, with the room behind it that a receive buffer has. */
function received(frame: Buffer): Buffer {
  const buffer = Buffer.alloc(2_048, 0xa5)
  frame.copy(buffer)
  return buffer
}

for (const family of families) {
  const protocol = protocols[family]
  const { vip, request, reply, probe, replyToProbe, announcement, ownProbe } = frames[family]
  const asker = family === 4 ? '192.0.2.193' : '2001:db8::c1'
  const nobody = family === 4 ? '0.0.0.0' : '::'
  const read = (frame: Buffer) => parseNeighbor(received(frame), frame.length, family)

  test(`31: IPv${family}: what a frame says is read`, t => {
    t.deepEqual(read(request), { kind: 'request', mac: client, subject: asker, target: vip })
    t.deepEqual(read(probe), { kind: 'probe', mac: client, subject: nobody, target: vip })
    t.deepEqual(read(reply), { kind: 'statement', mac: node, subject: vip, target: family === 4 ? asker : vip })
    t.deepEqual(read(announcement), { kind: 'statement', mac: node, subject: vip, target: vip })
  })

  test(`31: IPv${family}: a request and a probe become their replies where they are`, t => {
    for (const [asked, answer] of [
      [request, reply],
      [probe, replyToProbe],
    ] as const) {
      const buffer = received(asked)
      const length = protocol.reply(buffer, macBytes(node))
      t.is(buffer.toString('hex', 0, length), answer.toString('hex'))
      t.is(buffer[length], 0xa5, 'nothing is written behind it')
    }
  })

  test(`30, 32: IPv${family}: announcements and probes are what the RFCs say`, t => {
    t.is(protocol.announcement(vip, macBytes(node)).toString('hex'), announcement.toString('hex'))
    t.is(protocol.probe(vip, macBytes(node)).toString('hex'), ownProbe.toString('hex'))
  })

  test(`IPv${family}: an announcement and a probe of any address are read as what they are`, t => {
    fc.assert(
      fc.property(
        anAddress(fc.constant(family)).filter(({ bits }) => bits !== 0n && (family === 4 || bits >> 120n !== 0xffn)),
        address => {
          const vip = formatAddress(address)
          t.like(read(protocol.announcement(vip, macBytes(node))), { kind: 'statement', mac: node, subject: vip })
          t.like(read(protocol.probe(vip, macBytes(node))), { kind: 'probe', mac: node, target: vip })
        },
      ),
    )
  })

  test(`IPv${family}: a frame that ends early is truncated`, t => {
    for (const frame of [request, probe, reply, announcement]) {
      for (let length = 0; length < frame.length; length++) {
        t.is(parseNeighbor(received(frame), length, family), 'Truncated')
      }
    }
  })

  test(`IPv${family}: random bytes, and frames with some bytes changed, never throw and are named`, t => {
    const anyFrame = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
      fc
        .tuple(fc.constantFrom(request, probe, reply, announcement), fc.array(fc.tuple(fc.nat(90), fc.nat(255))))
        .map(([frame, changes]) => {
          const changed = Buffer.from(frame)
          for (const [at, value] of changes) changed[at % changed.length] = value
          return changed
        }),
    )
    fc.assert(
      fc.property(anyFrame, frame => {
        const read = parseNeighbor(received(frame), frame.length, family)
        if (typeof read === 'string') return /^[A-Z]/.test(read)
        const buffer = received(frame)
        const length = protocol.reply(buffer, macBytes(node))
        const answer = parseNeighbor(buffer, length, family)
        if (read.kind !== 'statement') t.like(answer, { kind: 'statement', subject: read.target, mac: node })
        return kinds.has(read.kind)
      }),
      { numRuns: 2_000 },
    )
  })
}

/** The frame with other bytes at this place, and the checksum made right again where there is one. */
function changed(frame: Buffer, at: number, hex: string, { checksum = true } = {}): Buffer {
  const copy = Buffer.from(frame)
  bytes(hex).copy(copy, at)
  if (copy.readUInt16BE(12) !== 0x86dd || !checksum) return copy
  copy.writeUInt16BE(0, 56)
  let sum = copy.length - 54 + 58
  for (let i = 22; i < copy.length; i += 2) sum += copy.readUInt16BE(i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  copy.writeUInt16BE(~sum & 0xffff, 56)
  return copy
}

const drops = {
  4: [
    ['of another EtherType', frames[4].request, 12, '0800', 'UnknownType'],
    ['of other hardware', frames[4].request, 14, '0006', 'UnknownType'],
    ['for another protocol', frames[4].request, 16, '86dd', 'UnknownType'],
    ['with addresses of other lengths', frames[4].request, 18, '0810', 'UnknownType'],
    ['with another operation', frames[4].request, 20, '0003', 'UnknownType'],
    ['from no MAC', frames[4].request, 22, '000000000000', 'BadSource'],
    ['from a group', frames[4].request, 22, 'ffffffffffff', 'BadSource'],
  ],
  6: [
    ['of another EtherType', frames[6].request, 12, '0800', 'UnknownType'],
    ['of another version', frames[6].request, 14, '40', 'UnknownType'],
    ['with an extension header', frames[6].request, 20, '00', 'UnknownType'],
    ['from beyond a router', frames[6].request, 21, 'fe', 'BadHopLimit'],
    ['of another type', frames[6].request, 54, '85', 'UnknownType'],
    ['of another code', frames[6].request, 55, '01', 'UnknownType'],
    ['that says it is longer', frames[6].request, 18, '0021', 'Truncated'],
    ['that says it is shorter than it can be', frames[6].request, 18, '0017', 'Truncated'],
    ['about a group', frames[6].request, 62, 'ff02', 'BadTarget'],
    ['about the unspecified address', frames[6].probe, 62, '00'.repeat(16), 'BadTarget'],
    ['from a group', frames[6].request, 22, 'ff02', 'BadSource'],
    ['from the MAC of a group', frames[6].request, 6, '01', 'BadSource'],
    ['with an option of no length', frames[6].request, 79, '00', 'BadOption'],
    ['with an option that is longer than the packet', frames[6].request, 79, '02', 'BadOption'],
    ['with the MAC of a group', frames[6].request, 80, '01', 'BadOption'],
    ['that probes, and says where it is', frames[6].request, 22, '00'.repeat(16), 'BadOption'],
    ['that probes one host', frames[6].probe, 38, '20010db8', 'BadDestination'],
    ['that advertises from nowhere', frames[6].announcement, 22, '00'.repeat(16), 'BadSource'],
    ['that answers all as if they had asked', frames[6].announcement, 58, '60', 'BadDestination'],
  ],
} as const

for (const family of families) {
  for (const [what, frame, at, hex, reason] of drops[family]) {
    test(`31: IPv${family}: dropped as ${reason}: a frame ${what}`, t => {
      const sent = changed(frame, at, hex)
      t.is(parseNeighbor(received(sent), sent.length, family), reason)
    })
  }
}

test('31: a solicitation with a wrong checksum is dropped, whichever bit is wrong', t => {
  const { request } = frames[6]
  for (let at = 22; at < request.length; at++) {
    const sent = changed(request, at, ((request[at] as number) ^ 0x10).toString(16).padStart(2, '0'), {
      checksum: false,
    })
    // The type is looked at first: most ICMPv6 is none of ours.
    t.is(parseNeighbor(received(sent), sent.length, 6), at === 54 ? 'UnknownType' : 'BadChecksum')
  }
})

test('31: a solicitation without the MAC of its sender is answered to where its frame is from', t => {
  const { request, reply } = frames[6]
  const bare = changed(changed(request, 18, '0018').subarray(0, 78), 55, '00')
  const buffer = received(bare)
  t.like(parseNeighbor(buffer, bare.length, 6), { kind: 'request', mac: client })
  t.is(buffer.toString('hex', 0, protocols[6].reply(buffer, macBytes(node))), reply.toString('hex'))
})

test('of two options of one type the first counts', t => {
  const { request } = frames[6]
  const sent = changed(Buffer.concat([request, bytes('01 01 020000000099')]), 18, '0028')
  t.like(parseNeighbor(received(sent), sent.length, 6), { kind: 'request', mac: client })
})

test('an option that is not known is passed over, unless it is longer than the packet', t => {
  const { probe, request } = frames[6]
  t.is(parseNeighbor(received(changed(request, 78, '0e02')), request.length, 6), 'BadOption')
  // A nonce (RFC 7527), which Linux puts into its probes.
  const longer = Buffer.concat([probe, bytes('0e01 0102 0304 0506')])
  const sent = changed(longer, 18, '0020')
  t.like(parseNeighbor(received(sent), sent.length, 6), { kind: 'probe', mac: client })
})

/** The witness's own frames, written down as a sniffer shows them. */
import test from 'ava'
import { question, sightingOf } from '../../../../../hack/lab/segment/frames.ts'

const asker = { mac: '02:62:01:00:00:04', v4: '10.62.0.4', v6: 'fd62::4' }
const owner = '02:62:00:00:00:01'
const frame = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

test('an ARP request', t => {
  const bytes = question(asker, '10.62.1.1')
  t.is(
    bytes.toString('hex'),
    frame(`ffffffffffff 026201000004 0806  0001 0800 06 04 0001
      026201000004 0a3e0004  000000000000 0a3e0101`).toString('hex'),
  )
  t.deepEqual(sightingOf(bytes), { type: 'question', address: '10.62.1.1', mac: asker.mac })
})

test('a Neighbor Solicitation, with a checksum that Linux accepts', t => {
  const bytes = question(asker, 'fd62::1:1')
  t.is(
    bytes.toString('hex'),
    frame(`3333ff010001 026201000004 86dd  60000000 0020 3a ff fd620000000000000000000000000004
      ff0200000000000000000001ff010001  8700 7b6b 00000000 fd620000000000000000000000010001 0101 026201000004`).toString(
      'hex',
    ),
  )
  t.deepEqual(sightingOf(bytes), { type: 'question', address: 'fd62::1:1', mac: asker.mac })
})

const arp = (operation: number, to: string, source: string, target: string) =>
  frame(`${to} 026200000001 0806 0001 0800 06 04 000${operation} 026200000001 ${source} 000000000000 ${target}`)
const all = 'ffffffffffff'

for (const [name, bytes, type] of [
  ['a reply to who asked', arp(2, '026201000004', '0a3e0101', '0a3e0004'), 'answer'],
  ['a reply to all', arp(2, all, '0a3e0101', '0a3e0101'), 'announcement'],
  ['a request for its own address', arp(1, all, '0a3e0101', '0a3e0101'), 'announcement'],
] as const) {
  test(`ARP: ${name} is an ${type}`, t => t.deepEqual(sightingOf(bytes), { type, address: '10.62.1.1', mac: owner }))
}

test('ARP: a probe says of nobody that he has an address', t => {
  t.is(sightingOf(arp(1, all, '00000000', '0a3e0101')), undefined)
})

const advertisement = (flags: string, option = '0201 026200000001') =>
  frame(`026201000004 0262000000ff 86dd 60000000 0020 3a ff fd620000000000000000000000010001
    fd620000000000000000000000000004 8800 0000 ${flags} fd620000000000000000000000010001 ${option}`)

test('NDP: a solicited advertisement is an answer, another an announcement; the option tells whose', t => {
  t.deepEqual(sightingOf(advertisement('60000000')), { type: 'answer', address: 'fd62::1:1', mac: owner })
  t.deepEqual(sightingOf(advertisement('20000000')), { type: 'announcement', address: 'fd62::1:1', mac: owner })
  t.is(sightingOf(advertisement('60000000', ''))?.mac, '02:62:00:00:00:ff')
})

test('what is neither says nothing', t => {
  t.is(sightingOf(frame(`${all} 026200000001 0800 ${'00'.repeat(46)}`)), undefined)
  t.is(sightingOf(frame(`${all} 026200000001 88b5 ${'00'.repeat(46)}`)), undefined)
})

import test from 'ava'
import fc from 'fast-check'
import {
  type Address,
  addressLength,
  addressOfObjectName,
  compareAddresses,
  formatAddress,
  hostPrefix,
  objectName,
  objectNameOf,
  parseAddress,
} from '../../../src/net/address.ts'
import { anAddress } from './arbitrary.ts'

const forms = [
  { text: '0.0.0.0', bits: 0n, prefix: '0.0.0.0/32', name: '0.0.0.0' },
  { text: '10.0.0.1', bits: 0x0a000001n, prefix: '10.0.0.1/32', name: '10.0.0.1' },
  { text: '255.255.255.255', bits: 0xffffffffn, prefix: '255.255.255.255/32', name: '255.255.255.255' },
  { text: '::', bits: 0n, prefix: '::/128', name: '0-0-0-0-0-0-0-0' },
  { text: '::1', bits: 1n, prefix: '::1/128', name: '0-0-0-0-0-0-0-1' },
  { text: '2001:db8::1', bits: (0x20010db8n << 96n) + 1n, prefix: '2001:db8::1/128', name: '2001-db8-0-0-0-0-0-1' },
  { text: '2001:db8:0:1:1:1:1:1', prefix: '2001:db8:0:1:1:1:1:1/128', name: '2001-db8-0-1-1-1-1-1' },
  { text: '2001:0:0:1::1', prefix: '2001:0:0:1::1/128', name: '2001-0-0-1-0-0-0-1' },
  { text: '2001:db8::1:0:0:1', prefix: '2001:db8::1:0:0:1/128', name: '2001-db8-0-0-1-0-0-1' },
  {
    text: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    bits: (1n << 128n) - 1n,
    prefix: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
    name: 'ffff-ffff-ffff-ffff-ffff-ffff-ffff-ffff',
  },
] as const

for (const { text, prefix, name, ...form } of forms) {
  test(`${text} is read, written, made a prefix and an object's name`, t => {
    const address = parseAddress(text)
    if (address === undefined) return t.fail()
    if ('bits' in form) t.is(address.bits, form.bits)
    t.is(address.family, text.includes(':') ? 6 : 4)
    t.is(formatAddress(address), text)
    t.is(hostPrefix(address), prefix)
    t.is(objectName(address), name)
    t.is(objectNameOf(text), name)
    t.deepEqual(addressOfObjectName(name), address)
  })
}

test('what is no address stands for no object', t => {
  t.throws(() => objectNameOf('10.0.0'), { instanceOf: TypeError })
})

for (const [text, canonical] of [
  ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::0:1', '2001:db8::1'],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
] as const) {
  test(`${text} is written as ${canonical} (RFC 5952)`, t => {
    const address = parseAddress(text)
    t.is(address && formatAddress(address), canonical)
  })
}

for (const text of [
  '',
  ' 10.0.0.1',
  '10.0.0.1 ',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.01',
  '0x0a.0.0.1',
  '10.0.0.1/32',
  '10.0.0.1.',
  'localhost',
  ':',
  ':::',
  '1::2::3',
  '2001:db8::g',
  '2001:db8::10000',
  '2001:db8:0:0:0:0:0:0:1',
  '[2001:db8::1]',
  'fe80::1%eth0',
  'fe80::1%',
  '::ffff:10.0.0.1',
  '::ffff:a00:1',
  '::FFFF:0:0',
]) {
  test(`"${text}" is no address`, t => {
    t.is(parseAddress(text), undefined)
  })
}

for (const name of [
  '',
  '10-0-0-1',
  '2001:db8::1',
  '2001-db8--1',
  '2001-DB8-0-0-0-0-0-1',
  '2001-0db8-0-0-0-0-0-1',
  '2001-db8-0-0-0-0-0-1-2',
  '0-0-0-0-0-ffff-a00-1',
  'web',
]) {
  test(`"${name}" is no name that an address has`, t => {
    t.is(addressOfObjectName(name), undefined)
  })
}

test('every address comes back from its text and from its name, which DNS allows', t => {
  fc.assert(
    fc.property(anAddress(), address => {
      t.deepEqual(parseAddress(formatAddress(address)), address)
      t.deepEqual(addressOfObjectName(objectName(address)), address)
      t.regex(objectName(address), /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/)
    }),
  )
  t.pass()
})

test('no text whatever makes the readers throw, and what they accept has one canonical form', t => {
  const nearly = fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.%/- '.split('')), maxLength: 45 })
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), text => {
      addressOfObjectName(text)
      const address = parseAddress(text)
      if (address === undefined) return
      t.true(address.bits >= 0n && address.bits < 1n << BigInt(addressLength[address.family]))
      t.deepEqual(parseAddress(formatAddress(address)), address)
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

test('addresses sort by number, IPv4 before IPv6', t => {
  const sorted = ['9.9.9.9', '10.0.0.1', '10.0.0.1', '192.0.2.1', '::', '::9', '::10', '2001:db8::1']
  const addresses = sorted.map(text => parseAddress(text) as Address)
  t.deepEqual(addresses.toReversed().sort(compareAddresses).map(formatAddress), sorted)
})

import test from 'ava'
import { Links } from '../../../../src/layer2/socket/links.ts'
import { type Message, parseMessages, requestLinks } from '../../../../src/layer2/socket/rtnetlink.ts'

const NEW = 16
const DELETED = 17
const NEW_ROUTE = 24
const DONE = 3
const ERROR = 2
const UP = 1
const LOWER_UP = 0x10000

const attribute = (type: number, value: Buffer): Buffer => {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3)
  bytes.writeUInt16LE(4 + value.length, 0)
  bytes.writeUInt16LE(type, 2)
  value.copy(bytes, 4)
  return bytes
}

const message = (type: number, body: Buffer, flags = 0): Buffer => {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(16 + body.length, 0)
  header.writeUInt16LE(type, 4)
  header.writeUInt16LE(flags, 6)
  return Buffer.concat([header, body])
}

const link = (type: number, index: number, flags: number, name = '', mac = '', family = 0): Buffer => {
  const body = Buffer.alloc(16)
  body.writeUInt8(family, 0)
  body.writeInt32LE(index, 4)
  body.writeUInt32LE(flags, 8)
  const attributes = [attribute(3, Buffer.from(`${name}\0`)), attribute(99, Buffer.alloc(5))]
  if (mac !== '') attributes.push(attribute(1, Buffer.from(mac.replaceAll(':', ''), 'hex')))
  return message(type, Buffer.concat([body, ...attributes]))
}

const parsed = (...messages: readonly Buffer[]): readonly Message[] => [...parseMessages(Buffer.concat(messages))]

test('an interface is up if it was set up and has a carrier', t => {
  const mac = '02:00:5e:00:53:01'
  const states = [
    [0, false],
    [UP, false],
    [LOWER_UP, false],
    [UP | LOWER_UP, true],
  ] as const
  for (const [flags, up] of states) {
    t.deepEqual(parsed(link(NEW, 7, flags, 'eth0', mac)), [{ type: 'link', link: { index: 7, name: 'eth0', mac, up } }])
  }
})

test('an interface without a MAC address, as a tunnel, has none', t => {
  t.like(parsed(link(NEW, 7, UP, 'wg0'))[0], { link: { mac: '' } })
  t.like(parsed(link(NEW, 7, UP, 'tun0', '0a:00:00:01'))[0], { link: { mac: '' } })
})

test('several messages come in one datagram; those of a bridge about its ports are left out', t => {
  const all = parsed(
    link(NEW, 7, UP, 'eth0'),
    link(DELETED, 7, UP, 'eth0', '', 7),
    link(DELETED, 8, 0, 'eth1'),
    message(NEW_ROUTE, Buffer.alloc(12)),
    message(DONE, Buffer.alloc(4), 0x10),
  )
  t.deepEqual(all.slice(1), [{ type: 'deleted', index: 8 }, { type: 'other' }, { type: 'done', interrupted: true }])
})

test('an error is told by its number', t => {
  const body = Buffer.alloc(20)
  body.writeInt32LE(-1, 0)
  t.deepEqual(parsed(message(ERROR, body)), [{ type: 'error', errno: 1 }])
})

test('what is cut off ends there', t => {
  const bytes = Buffer.concat([link(NEW, 7, UP, 'eth0'), link(NEW, 8, UP, 'eth1')])
  for (let length = 0; length < bytes.length; length++) t.notThrows(() => [...parseMessages(bytes.subarray(0, length))])
})

test('the request for all interfaces is one message', t => {
  const bytes = requestLinks()
  t.is(bytes.readUInt32LE(0), bytes.length)
})

const told = (index: number, name: string): Message => ({ type: 'link', link: { index, name, mac: '', up: true } })
const done: Message = { type: 'done', interrupted: false }

test('interfaces are followed: renamed, deleted, made anew', t => {
  const links = new Links()
  links.apply(told(2, 'eth0'))
  links.apply(told(2, 'eth7'))
  t.is(links.byName('eth0'), undefined)
  t.is(links.byName('eth7')?.index, 2)
  links.apply({ type: 'deleted', index: 2 })
  t.is(links.byName('eth7'), undefined)
  links.apply(told(3, 'eth7'))
  t.is(links.byName('eth7')?.index, 3)
})

test('an answer that names all tells which are gone; one that was interrupted does not', t => {
  const links = new Links()
  for (const message of [told(2, 'eth0'), told(3, 'eth1')]) links.apply(message)
  links.expectAll()
  links.apply(told(2, 'eth0'))
  links.apply({ type: 'done', interrupted: true })
  t.is(links.byName('eth1')?.index, 3)
  links.expectAll()
  links.apply(told(2, 'eth0'))
  links.apply(done)
  t.is(links.byName('eth1'), undefined)
  t.is(links.byName('eth0')?.index, 2)
})

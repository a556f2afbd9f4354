import test from 'ava'
import fc from 'fast-check'
import { VipMap, vipBytes, vipText } from '../../../../src/layer2/wire/vip.ts'
import { formatAddress } from '../../../../src/net/address.ts'
import { anAddress } from '../../net/arbitrary.ts'

test('a VIP is the same after it went through a frame', t => {
  fc.assert(
    fc.property(anAddress(), fc.nat(20), (address, offset) => {
      const vip = formatAddress(address)
      const frame = Buffer.concat([Buffer.alloc(offset, 1), vipBytes(vip), Buffer.alloc(1, 2)])
      t.is(vipBytes(vip).length, address.family === 4 ? 4 : 16)
      t.is(vipText(frame, offset, address.family), vip)
    }),
  )
})

test('what is no address is a bug', t => {
  t.throws(() => vipBytes('node1'), { instanceOf: RangeError })
})

test('values are found by the bytes of a VIP, and by no others', t => {
  fc.assert(
    fc.property(fc.uniqueArray(anAddress().map(formatAddress)), fc.array(fc.nat()), (vips, deleted) => {
      const map = new VipMap<string>()
      const twin = new Map<string, string>()
      for (const vip of vips) {
        map.set(vip, vip)
        twin.set(vip, vip)
      }
      for (const index of deleted) {
        const vip = vips[index % vips.length]
        if (vip === undefined) continue
        map.delete(vip)
        twin.delete(vip)
      }
      for (const vip of [...vips, '192.0.2.1', '2001:db8::1']) {
        const bytes = Buffer.concat([Buffer.alloc(3), vipBytes(vip)])
        t.is(map.find(bytes, 3, vip.includes(':') ? 6 : 4), twin.get(vip))
      }
    }),
  )
})

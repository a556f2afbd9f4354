import test from 'ava'
import { Set as ISet } from 'immutable'
import { mergeTouched, nothingTouched, touchesAnything } from '../../../src/watch/touched.ts'

test('merged, everything that either touches is touched', t => {
  const service = { ...nothingTouched, services: ISet(['default/a']) }
  const pool = { ...nothingTouched, all: true, kinds: ISet(['eips'] as const) }
  const vip = { ...nothingTouched, services: ISet(['default/b']), virtualIPs: ISet(['192.0.2.1']) }
  const merged = [service, pool, vip].reduce(mergeTouched, nothingTouched)
  t.true(merged.all)
  t.deepEqual([...merged.kinds], ['eips'])
  t.deepEqual([...merged.services].sort(), ['default/a', 'default/b'])
  t.deepEqual([...merged.virtualIPs], ['192.0.2.1'])
})

test('nothing touches nothing', t => {
  t.false(touchesAnything(nothingTouched))
  t.false(touchesAnything(mergeTouched(nothingTouched, nothingTouched)))
  t.true(touchesAnything({ ...nothingTouched, virtualIPs: ISet(['192.0.2.1']) }))
})

import test from 'ava'
import { LIFE_BYTES, LifeWatch, showLife } from '../../../../src/layer2/worker/life.ts'

test('alive as long as there is a sign every two seconds, and again with the next one', t => {
  const shared = new Int32Array(new SharedArrayBuffer(LIFE_BYTES))
  const watch = new LifeWatch(shared, 1_000)
  t.true(watch.isAlive(2_999))
  showLife(shared)
  t.true(watch.isAlive(2_999))
  t.true(watch.isAlive(4_998))
  t.false(watch.isAlive(4_999))
  t.false(watch.isAlive(60_000))
  showLife(shared)
  t.true(watch.isAlive(60_001))
})

test('the number of signs may wrap around', t => {
  const shared = new Int32Array(new SharedArrayBuffer(LIFE_BYTES)).fill(0x7fff_ffff)
  const watch = new LifeWatch(shared, 0)
  showLife(shared)
  t.true(watch.isAlive(1_999))
  t.true(watch.isAlive(3_998))
})

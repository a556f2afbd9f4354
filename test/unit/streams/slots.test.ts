import test from 'ava'
import { slots } from '../../../src/streams/slots.ts'
import { settled } from './virtualtime.ts'

test('no more run at once than there are slots, in the order of the calls', async t => {
  const limit = slots(2)
  const started: number[] = []
  const ends: (() => void)[] = []
  const all = Promise.all(
    [0, 1, 2, 3].map(i =>
      limit(() => {
        started.push(i)
        return new Promise<number>(resolve => {
          ends[i] = () => resolve(i)
        })
      }),
    ),
  )
  await settled()
  t.deepEqual(started, [0, 1])
  ends[1]?.()
  await settled()
  t.deepEqual(started, [0, 1, 2])
  ends[0]?.()
  ends[2]?.()
  await settled()
  ends[3]?.()
  t.deepEqual(await all, [0, 1, 2, 3])
})

test('an act that fails gives its slot back', async t => {
  const limit = slots(1)
  await t.throwsAsync(
    limit(() => Promise.reject(new Error('no'))),
    { message: 'no' },
  )
  t.is(await limit(async () => 'yes'), 'yes')
})

import test from 'ava'
import { NotSeen, Seen } from '../../../../../hack/bench/bgp/seen.ts'

test('what is waited for is told with when it came to be so', async t => {
  const seen = new Seen<number>()
  const two = seen.next('a', value => value === 2)
  const gone = seen.next('a', value => value === undefined)
  seen.put('b', 2, 1)
  seen.put('a', 1, 2)
  seen.put('a', 2, 3)
  seen.put('a', 2, 4)
  seen.put('a', undefined, 5)
  t.is(await two, 3)
  t.is(await gone, 5)
  t.deepEqual([seen.get('a'), seen.get('b'), seen.size], [undefined, 2, 1])
})

test('what is so already counts only where that is asked for', async t => {
  const seen = new Seen<number>()
  seen.put('a', 1, 1)
  t.is(await seen.until('a', value => value === 1, 10), 10)
  const next = seen.next('a', value => value === 1)
  seen.put('a', 1, 2)
  t.is(await next, 2)
})

test('what does not come in time fails', async t => {
  const seen = new Seen<number>()
  await t.throwsAsync(
    seen.next('a', () => true, 5),
    { instanceOf: NotSeen, message: /a: not within/ },
  )
})

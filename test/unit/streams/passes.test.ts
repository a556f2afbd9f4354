import test from 'ava'
import { map, type Observable, throwError, timer } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { passes } from '../../../src/streams/passes.ts'

const marbles = (t: { deepEqual: (a: unknown, b: unknown) => void }) =>
  new TestScheduler((actual, expected) => t.deepEqual(actual, expected))

const options = (scheduler: TestScheduler, failed: [unknown, number][] = []) => ({
  merge: (earlier: string, later: string) => earlier + later,
  backoff: { first: 4, most: 8, random: () => 0 },
  report: (error: unknown, failures: number) => void failed.push([error, failures]),
  scheduler,
})

test('a lone input is handled at once', t => {
  const scheduler = marbles(t)
  scheduler.run(({ cold, expectObservable }) => {
    const source = cold('  a---b---|')
    const run = (input: string) => cold('(x|)').pipe(map(() => input))
    expectObservable(source.pipe(passes(run, options(scheduler)))).toBe('a---b---|')
  })
})

test('what comes during a pass is merged and taken by the next, at once when the pass ends', t => {
  const scheduler = marbles(t)
  scheduler.run(({ cold, expectObservable }) => {
    const source = cold('             abc----d-----|')
    const run = (input: string) => timer(5).pipe(map(() => input))
    const expected = '                -----a----x----(d|)'
    expectObservable(source.pipe(passes(run, options(scheduler)))).toBe(expected, { a: 'a', x: 'bc', d: 'd' })
  })
})

test('one pass runs at a time, and every input is in exactly one that succeeds, in order', t => {
  const scheduler = marbles(t)
  let running = 0
  let attempts = 0
  const seen: string[] = []
  scheduler.run(({ cold, flush }) => {
    const run = (input: string): Observable<string> => {
      t.is(running, 0)
      running += 1
      attempts += 1
      const fails = attempts % 3 === 0
      return timer(3).pipe(
        map(() => {
          running -= 1
          if (fails) throw 'no'
          return input
        }),
      )
    }
    cold('abcdefg-h-i--j----(klm)n|')
      .pipe(passes(run, options(scheduler)))
      .subscribe(value => seen.push(value))
    flush()
  })
  t.is(seen.join(''), 'abcdefghijklmn')
  t.true(attempts > seen.length)
})

test('a pass that fails is reported and run again after a backoff, together with what came during it', t => {
  const scheduler = marbles(t)
  const failed: [unknown, number][] = []
  scheduler.run(({ cold, expectObservable }) => {
    const source = cold('ab|')
    let attempts = 0
    const run = (input: string) =>
      timer(2).pipe(
        map(() => {
          if (attempts++ < 2) throw 'no'
          return input
        }),
      )
    // Runs 0-2, waits 4, runs 6-8, waits 8, runs 16-18.
    expectObservable(source.pipe(passes(run, options(scheduler, failed)))).toBe('18ms (x|)', { x: 'ab' })
  })
  t.deepEqual(failed, [
    ['no', 1],
    ['no', 2],
  ])
})

test('input that comes while a failed pass waits starts the next at once', t => {
  const scheduler = marbles(t)
  scheduler.run(({ cold, expectObservable }) => {
    const source = cold('-a--b---|')
    let attempts = 0
    const run = (input: string) => (attempts++ === 0 ? throwError(() => 'no') : cold('(x|)').pipe(map(() => input)))
    expectObservable(source.pipe(passes(run, options(scheduler)))).toBe('----x---|', { x: 'ab' })
  })
})

test('a run that throws is a pass that fails', t => {
  const scheduler = marbles(t)
  const failed: [unknown, number][] = []
  scheduler.run(({ cold, expectObservable }) => {
    let attempts = 0
    const run = (input: string) => {
      if (attempts++ === 0) throw 'thrown'
      return cold('(x|)').pipe(map(() => input))
    }
    expectObservable(cold('a|').pipe(passes(run, options(scheduler, failed)))).toBe('----(a|)')
  })
  t.deepEqual(failed, [['thrown', 1]])
})

test('unsubscribing does not cancel the pass that runs, and starts no other', t => {
  const scheduler = marbles(t)
  const ended: string[] = []
  scheduler.run(({ cold, flush }) => {
    const run = (input: string) => timer(5).pipe(map(() => void ended.push(input)))
    const subscription = cold('ab-----')
      .pipe(passes(run, options(scheduler)))
      .subscribe()
    scheduler.schedule(() => subscription.unsubscribe(), 3)
    flush()
  })
  t.deepEqual(ended, ['a'])
})

test('a pass that fails after unsubscribing is neither reported nor tried again', t => {
  const scheduler = marbles(t)
  const failed: [unknown, number][] = []
  let attempts = 0
  scheduler.run(({ cold, flush }) => {
    const run = () => {
      attempts += 1
      return cold('-----#')
    }
    const subscription = cold('a-------')
      .pipe(passes(run, options(scheduler, failed)))
      .subscribe()
    scheduler.schedule(() => subscription.unsubscribe(), 3)
    flush()
  })
  t.is(attempts, 1)
  t.deepEqual(failed, [])
})

test('an error of the source is passed on', t => {
  const scheduler = marbles(t)
  scheduler.run(({ cold, expectObservable }) => {
    const run = (input: string) => cold('(x|)').pipe(map(() => input))
    expectObservable(cold('a--#').pipe(passes(run, options(scheduler)))).toBe('a--#')
  })
})

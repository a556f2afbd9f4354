import test from 'ava'
import { judge, worstOf } from '../../../../../hack/lab/segment/answers.ts'

const [a, b] = ['02:62:00:00:00:01', '02:62:00:00:00:02']
/** Ten milliseconds apart, from 0 on. */
const questions = (count: number) => Array.from({ length: count }, (_, index) => index * 10)
const answers = (mac: string, ...at: readonly number[]) => at.map(each => ({ at: each, mac }))
const inOrder = (...all: readonly { at: number; mac: string }[]) => all.toSorted((one, other) => one.at - other.at)

test('one that answers every question: nobody waits, nothing is doubled', t => {
  const judged = judge({ questions: questions(3), answers: answers(a, 1, 11, 22) }, 30)
  t.deepEqual(judged, { gap: 2, doubled: 0, owners: answers(a, 1) })
})

test('whoever asked first while nobody answered has waited longest, until another answered', t => {
  const judged = judge({ questions: questions(6), answers: [...answers(a, 1), ...answers(b, 43, 51)] }, 60)
  t.deepEqual(judged, { gap: 33, doubled: 0, owners: [...answers(a, 1), ...answers(b, 43)] })
})

test('what is not answered in the end has waited until then', t => {
  t.is(judge({ questions: questions(3), answers: answers(a, 1) }, 100).gap, 90)
  t.is(judge({ questions: questions(3), answers: [] }, 100).gap, 100)
})

test('answers without a question before them count for nobody', t => {
  t.deepEqual(judge({ questions: [], answers: answers(a, 5) }, 100), { gap: 0, doubled: 0, owners: answers(a, 5) })
})

test('two that answer the same questions: from the first of these to the next that one alone answers', t => {
  const both = inOrder(...answers(a, 1, 11, 21, 31), ...answers(b, 22, 32, 42))
  t.is(judge({ questions: questions(6), answers: both }, 60).doubled, 20)
})

test('a question that nobody answers in between does not end it', t => {
  const both = inOrder(...answers(a, 1, 21, 31), ...answers(b, 2, 22, 32))
  t.is(judge({ questions: questions(5), answers: [...both, ...answers(a, 41)] }, 50).doubled, 40)
})

test('the same one answering twice is no other', t => {
  t.is(judge({ questions: questions(2), answers: answers(a, 1, 2, 11) }, 20).doubled, 0)
})

test('one after the other is not both at once, however often', t => {
  const alternating = [...answers(a, 1), ...answers(b, 11), ...answers(a, 21)]
  const { doubled, owners } = judge({ questions: questions(3), answers: alternating }, 30)
  t.is(doubled, 0)
  t.deepEqual(owners, alternating)
})

test('the worst of several, each by itself', t => {
  t.deepEqual(worstOf([]), { gap: 0, doubled: 0 })
  const all = [
    { gap: 3, doubled: 10, owners: [] },
    { gap: 5, doubled: 0, owners: [] },
  ]
  t.deepEqual(worstOf(all), { gap: 5, doubled: 10 })
})

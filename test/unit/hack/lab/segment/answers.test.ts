import test from 'ava'
import { type Answer, judge as judgeStill, worstOf } from '../../../../../hack/lab/segment/answers.ts'

const [a, b] = ['02:62:00:00:00:01', '02:62:00:00:00:02']
/** Ten milliseconds apart, from 0 on. */
const questions = (count: number) => Array.from({ length: count }, (_, index) => index * 10)
const answers = (mac: string, ...at: readonly number[]) => at.map(each => ({ at: each, mac }))
const inOrder = (...all: readonly { at: number; mac: string }[]) => all.toSorted((one, other) => one.at - other.at)

/** Whoever is silent for less than three questions has not ceased to answer. */
const judge = (questions: readonly number[], answers: readonly Answer[], until: number) =>
  judgeStill({ questions, answers }, until, 30)

test('one that answers every question: nobody waits, nothing is doubled', t => {
  const judged = judge(questions(3), answers(a, 1, 11, 22), 30)
  t.deepEqual(judged, { gap: 2, doubled: 0, unasked: 10, owners: answers(a, 1) })
})

test('whoever asked first while nobody answered has waited longest, until another answered', t => {
  const judged = judge(questions(6), [...answers(a, 1), ...answers(b, 43, 51)], 60)
  t.like(judged, { gap: 33, doubled: 0 })
  t.deepEqual(judged.owners, [...answers(a, 1), ...answers(b, 43)])
})

test('what is not answered in the end has waited until then', t => {
  t.is(judge(questions(3), answers(a, 1), 100).gap, 90)
  t.is(judge(questions(3), [], 100).gap, 100)
})

test('answers without a question before them count for nobody', t => {
  t.deepEqual(judge([], answers(a, 5), 100), { gap: 0, doubled: 0, unasked: 0, owners: answers(a, 5) })
})

test('nothing can be said of a time in which nobody asked, but how long it was', t => {
  const judged = judge([0, 10, 80], answers(a, 1, 11, 81), 90)
  t.like(judged, { gap: 1, unasked: 70 })
})

test('two that answer: from the first question that the new one answers to the last answer of the old', t => {
  const both = inOrder(...answers(a, 1, 11, 21, 31), ...answers(b, 22, 32, 42))
  t.is(judge(questions(6), both, 60).doubled, 11)
})

test('a question that both answer is doubled until the second of them has', t => {
  t.is(judge(questions(4), inOrder(...answers(a, 1, 11), ...answers(b, 13, 21, 31)), 40).doubled, 1)
  t.is(judge(questions(4), inOrder(...answers(a, 1, 13), ...answers(b, 11, 21, 31)), 40).doubled, 3)
})

test('somebody else who answers once, while another goes on, is doubled for as long as it took him', t => {
  t.is(judge(questions(5), inOrder(...answers(a, 1, 11, 21, 31, 41), ...answers(b, 23)), 50).doubled, 3)
})

test('an answer that comes late is doubled since another has begun to answer', t => {
  t.is(judge(questions(6), inOrder(...answers(a, 1, 11, 38), ...answers(b, 23, 33, 43, 53)), 60).doubled, 18)
})

test('the same one answering twice is no other', t => {
  t.is(judge(questions(2), answers(a, 1, 2, 11), 20).doubled, 0)
})

test('one after the other is not both at once, however often', t => {
  const alternating = [...answers(a, 1), ...answers(b, 11, 21, 31, 41), ...answers(a, 51)]
  const { doubled, owners } = judge(questions(6), alternating, 60)
  t.is(doubled, 0)
  t.deepEqual(owners, [...answers(a, 1), ...answers(b, 11), ...answers(a, 51)])
})

test('the worst of several, each by itself', t => {
  t.deepEqual(worstOf([]), { gap: 0, doubled: 0, unasked: 0 })
  const all = [
    { gap: 3, doubled: 10, unasked: 1, owners: [] },
    { gap: 5, doubled: 0, unasked: 2, owners: [] },
  ]
  t.deepEqual(worstOf(all), { gap: 5, doubled: 10, unasked: 2 })
})

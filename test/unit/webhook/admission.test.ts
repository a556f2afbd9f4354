import test from 'ava'
import fc from 'fast-check'
import { readReview, writeReview } from '../../../src/webhook/admission.ts'

const request = { uid: 'u', kind: { kind: 'Eip' }, operation: 'CREATE' as const }

test('a review is read as what it asks', t => {
  t.deepEqual(readReview(JSON.stringify({ request })), request)
})

for (const text of [
  '',
  'null',
  '[]',
  '{}',
  '{"request":null}',
  '{"request":{"uid":1,"kind":{"kind":"Eip"},"operation":"CREATE"}}',
  '{"request":{"uid":"u","operation":"CREATE"}}',
  '{"request":{"uid":"u","kind":null,"operation":"CREATE"}}',
]) {
  test(`36: ${text || 'nothing at all'} is no review`, t => t.is(readReview(text), undefined))
}

test('36: no text makes the reading fail', t => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map(json => `{"request":${json}}`),
      ),
      text => {
        readReview(text)
      },
    ),
  )
  t.pass()
})

test('35: a refusal says all that is wrong, with the code of the API server’s own', t => {
  t.deepEqual(JSON.parse(writeReview(request, { refusals: ['a', 'b'], warnings: [] })), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u', allowed: false, status: { code: 422, reason: 'Invalid', message: 'a; b' } },
  })
})

test('a warning refuses nothing', t => {
  t.deepEqual(JSON.parse(writeReview(request, { refusals: [], warnings: ['w'] })).response, {
    uid: 'u',
    allowed: true,
    warnings: ['w'],
  })
})

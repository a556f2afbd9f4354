import test from 'ava'
import { fieldsFinding } from '../../../src/status/fields.ts'

const cases = [
  ['all are acted on', [], undefined, 'True', 'Every field that is set is acted on.'],
  ['some are not', ['a', 'b.c'], undefined, 'False', 'Accepted, but not acted on by this version: spec.a, spec.b.c.'],
  ['one is not acted on here', [], 'Not here: spec.d.', 'False', 'Not here: spec.d.'],
  [
    'both',
    ['a'],
    'Not here: spec.d.',
    'False',
    'Accepted, but not acted on by this version: spec.a. Not here: spec.d.',
  ],
] as const

for (const [name, unacted, remark, status, message] of cases) {
  test(`35: of the fields that are set ${name}`, t => {
    t.like(fieldsFinding(unacted, 3, remark), { status, message, observedGeneration: 3 })
  })
}

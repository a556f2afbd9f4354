import test from 'ava'
import { customResources } from '../../../src/api/customresources.ts'
import { violations } from '../../../src/api/violations.ts'
import { type Kind, valid } from '../../customresources/full.ts'
import { wrong } from '../../customresources/wrong.ts'

const schemaOf = Object.fromEntries(customResources.map(({ kind, schema }) => [kind, schema])) as Record<
  Kind,
  (typeof customResources)[number]['schema']
>

for (const { kind, schema } of customResources) {
  for (const { title, name, spec } of valid[kind]) {
    test(`35: ${kind}, ${title}, is valid`, t => t.deepEqual(violations(schema, { metadata: { name }, spec }), []))
  }
}

for (const { title, kind, object, field } of wrong) {
  test(`35: ${title} is invalid`, t => {
    const found = violations(schemaOf[kind], object)
    t.true(
      found.some(violation => violation.startsWith(`${field}: `)),
      found.join('\n'),
    )
  })
}

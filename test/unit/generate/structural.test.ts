import test from 'ava'
import { z } from 'zod'
import { type Schema, structural } from '../../../hack/generate/structural.ts'

const convert = (schema: z.ZodType) => structural(z.toJSONSchema(schema, { io: 'input' }) as Schema, 'spec')

const cases: readonly [title: string, schema: z.ZodType, expected: Schema][] = [
  ['text with bounds', z.string().min(1).max(9), { type: 'string', minLength: 1, maxLength: 9 }],
  [
    'a pattern and a description',
    z.string().regex(/^a$/).describe('One letter.'),
    { type: 'string', pattern: '^a$', description: 'One letter.' },
  ],
  ['a constant', z.literal('a'), { type: 'string', enum: ['a'] }],
  ['an enumeration', z.enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
  ['an integer within 32 bits', z.int().min(0).max(7), { type: 'integer', format: 'int32', minimum: 0, maximum: 7 }],
  [
    'an integer of 32 bits without sign',
    z.int().min(0).max(4_294_967_295),
    { type: 'integer', format: 'int64', minimum: 0, maximum: 4_294_967_295 },
  ],
  ['an integer without bounds', z.int(), { type: 'integer', format: 'int64' }],
  [
    'an object, with what may be absent',
    z.object({ a: z.string(), b: z.boolean().exactOptional() }),
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'boolean' } }, required: ['a'] },
  ],
  [
    'an object that refuses other fields: they are pruned',
    z.strictObject({ a: z.string() }),
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
  ],
  [
    'a map',
    z.record(z.string(), z.int().min(0).max(7)),
    { type: 'object', additionalProperties: { type: 'integer', format: 'int32', minimum: 0, maximum: 7 } },
  ],
  ['a list', z.array(z.string()).max(3), { type: 'array', maxItems: 3, items: { type: 'string' } }],
  ['what is absent', z.string().meta({ default: 'b' }), { type: 'string', default: 'b' }],
  ['a time', z.iso.datetime(), { type: 'string', format: 'date-time' }],
]

for (const [title, schema, expected] of cases) {
  test(`structural schema: ${title}`, t => t.deepEqual(convert(schema), expected))
}

test('structural schema: a constraint that cannot be said is an error that names the field', t => {
  const unsaid: readonly [z.ZodType, string][] = [
    [z.object({ a: z.union([z.string(), z.object({})]) }), 'spec.a: "anyOf"'],
    [z.object({ a: z.array(z.string().nullable()) }), 'spec.a[]: "type"'],
    [z.object({ a: z.record(z.string().max(3), z.string()) }), 'spec.a: "propertyNames"'],
  ]
  for (const [schema, message] of unsaid) {
    t.throws(() => convert(schema), { message: `${message} cannot be said in a structural schema` })
  }
})

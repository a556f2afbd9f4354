/**
 * The CustomResourceDefinitions and the schemas they come from say the same. What CEL rules say is left out: only the
 * API server can evaluate them, and there the same tables and ranges are tried.
 */
import test from 'ava'
import fc from 'fast-check'
import { customResourceDefinition } from '../../../hack/generate/crd.ts'
import { customResources } from '../../../src/api/customresources.ts'

/** The keywords that constrain, as kube-apiserver reads them. */
interface Structural {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly properties?: Readonly<Record<string, Structural>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Structural
  readonly maxProperties?: number
  readonly items?: Structural
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
}

const within = (value: number, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY) =>
  minimum <= value && value <= maximum

function accepts(schema: Structural, value: unknown): boolean {
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value) && within(value as number, schema.minimum, schema.maximum)
    case 'string':
      return (
        typeof value === 'string' &&
        within(value.length, schema.minLength, schema.maxLength) &&
        (schema.pattern === undefined || new RegExp(schema.pattern).test(value)) &&
        (schema.enum === undefined || schema.enum.includes(value)) &&
        (schema.format !== 'date-time' || /^\d{4}-\d\d-\d\dT/.test(value))
      )
    case 'array':
      return (
        Array.isArray(value) &&
        within(value.length, schema.minItems, schema.maxItems) &&
        value.every(item => schema.items !== undefined && accepts(schema.items, item))
      )
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
      const { properties = {}, additionalProperties } = schema
      return (
        within(Object.keys(value).length, 0, schema.maxProperties) &&
        (schema.required ?? []).every(name => name in value) &&
        Object.entries(value).every(([name, child]) => {
          const childSchema = properties[name] ?? additionalProperties
          return childSchema === undefined || accepts(childSchema, child)
        })
      )
    }
  }
}

/** Texts and numbers around the bounds. */
function scalars(schema: Structural): fc.Arbitrary<unknown> {
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'integer') {
    const bounds = [schema.minimum ?? 0, schema.maximum ?? 0]
    return fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...bounds) },
      fc.constantFrom(...bounds.map(n => n - 1), ...bounds.map(n => n + 1)),
    )
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2999-01-01') })
      .map(date => date.toISOString())
  const length = schema.maxLength ?? 99
  const texts = ['AFI_IP', 'SAFI_UNICAST', '10.0.0.1', '90', '', 'a', 'a'.repeat(length)].filter(
    text => text.length <= length,
  )
  return fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...texts) }, fc.constant('a'.repeat(length + 1)))
}

function values(schema: Structural): fc.Arbitrary<unknown> {
  const proper = (): fc.Arbitrary<unknown> => {
    if (schema.type === 'array' && schema.items !== undefined) {
      return fc.array(values(schema.items), { maxLength: 2 })
    }
    if (schema.type === 'object' && schema.additionalProperties !== undefined) {
      return fc.dictionary(fc.constantFrom('a', 'b', 'c'), values(schema.additionalProperties), { maxKeys: 2 })
    }
    if (schema.type === 'object') {
      const fields = Object.entries(schema.properties ?? {}).map(([name, child]) => [name, values(child)] as const)
      const always = fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] })
      return fc.oneof({ weight: 100, arbitrary: always }, fc.record(Object.fromEntries(fields), { requiredKeys: [] }))
    }
    return scalars(schema)
  }
  return fc.oneof(
    { weight: 1000, arbitrary: proper() },
    fc.constantFrom<unknown>(null, true, 1.5, 'text', [], {}, 10_000_000_000),
  )
}

for (const customResource of customResources) {
  const { kind, schema } = customResource
  const definition = customResourceDefinition(customResource).spec.versions[0]?.schema.openAPIV3Schema
  const structural = definition as unknown as Structural

  test(`${kind}: whatever its CustomResourceDefinition takes the schema takes, but for rules, and the other way round`, t => {
    const seen = { accepted: 0, refused: 0 }
    const object = fc.record({
      metadata: fc.record({ name: fc.constant('a') }),
      spec: structural.properties?.['spec'] ? values(structural.properties['spec']) : fc.constant({}),
      status: structural.properties?.['status'] ? values(structural.properties['status']) : fc.constant({}),
    })
    fc.assert(
      fc.property(object, value => {
        const accepted = accepts(structural, value)
        seen[accepted ? 'accepted' : 'refused']++
        const { error } = schema.safeParse(value)
        const issues = error?.issues.filter(issue => issue.code !== 'custom') ?? []
        t.is(issues.length === 0, accepted, JSON.stringify({ value, issues }))
      }),
      { numRuns: 500 },
    )
    t.true(seen.accepted > 25 && seen.refused > 25, JSON.stringify(seen))
  })
}

import type { Json, Schema } from '../structural.ts'
import { code } from './markdown.ts'

/** A field of a custom resource, as a reader of its documentation wants to know it. */
export interface Field {
  /** Below the schema that was read: `timers.config.holdTime`, `afiSafis[].config`, `nodesPeerStatus.*.bfdState`. */
  readonly path: string
  readonly type: string
  /** What a value must be, in words; empty: anything of the type. */
  readonly limits: readonly string[]
  readonly required: boolean
  readonly meaning: string
  /** In words; absent: the description tells none. */
  readonly default?: string
}

/** Kubernetes' own types, which are told of once and not in every place. */
const kubernetesTypes: readonly { readonly name: string; readonly has: readonly string[] }[] = [
  { name: 'label selector', has: ['matchLabels', 'matchExpressions'] },
  { name: 'condition', has: ['type', 'status', 'reason', 'message', 'lastTransitionTime'] },
]

/** How a description ends that tells a default: `Default: 90.`, or `Default (or 0): 90.` */
const withDefault = /^(?<meaning>.*?)\s*Default(?<orZero> \(or 0\))?: (?<value>.+)\.$/s

/**
 * The fields of an object's structural schema, in its order, each before those in it.
 *
 * @throws Error naming a field that has no description
 */
export function fields(schema: Schema, parent = ''): readonly Field[] {
  const required = asList(schema['required'])
  return Object.entries(asSchema(schema['properties'])).flatMap(([name, value]) => {
    const path = parent === '' ? name : `${parent}.${name}`
    const property = asSchema(value)
    const rules = [...messages(schema, name), ...messages(property)]
    return [field(path, property, rules, required.includes(name)), ...below(path, property)]
  })
}

function field(path: string, schema: Schema, rules: readonly string[], required: boolean): Field {
  const description = schema['description']
  if (typeof description !== 'string' || description === '') throw new Error(`${path} has no description`)
  const { meaning = description, value, orZero } = withDefault.exec(description)?.groups ?? {}
  const told = value && (orZero ? `${value}; also for 0` : value)
  return {
    path,
    type: typeOf(schema),
    limits: [...bounds(schema), ...rules],
    required,
    meaning,
    ...(told !== undefined && { default: told }),
  }
}

/** The fields of what an object, list or map holds. */
function below(path: string, schema: Schema): readonly Field[] {
  if (kubernetesType(schema) !== undefined) return []
  if (schema['items'] !== undefined) return below(`${path}[]`, asSchema(schema['items']))
  if (schema['additionalProperties'] !== undefined) return below(`${path}.*`, asSchema(schema['additionalProperties']))
  return fields(schema, path)
}

function typeOf(schema: Schema): string {
  const known = kubernetesType(schema)
  if (known !== undefined) return known
  if (schema['items'] !== undefined) return `list of ${typeOf(asSchema(schema['items']))}`
  if (schema['additionalProperties'] !== undefined) return `map of ${typeOf(asSchema(schema['additionalProperties']))}`
  return schema['format'] === 'date-time' ? 'time' : (plain(schema['type']) ?? 'any')
}

const kubernetesType = (schema: Schema): string | undefined =>
  kubernetesTypes.find(({ has }) => has.every(name => name in asSchema(schema['properties'])))?.name

function bounds(schema: Schema): readonly string[] {
  const of = (keyword: string) => plain(schema[keyword])
  const said = (keyword: string, words: (bound: string) => string) => {
    const bound = of(keyword)
    return bound === undefined ? [] : [words(bound)]
  }
  const values = asList(schema['enum']).flatMap(value => plain(value) ?? [])
  return [
    ...(values.length === 0 ? [] : [`one of ${values.map(code).join(', ')}`]),
    ...said('minimum', bound => `${bound} to ${of('maximum') ?? ''}`),
    ...said(
      'maxLength',
      bound => `${schema['minLength'] === undefined ? 'at most' : `${of('minLength')} to`} ${bound} characters`,
    ),
    ...said('pattern', bound => `matches ${code(bound)}`),
    ...said('maxItems', bound => `at most ${bound}`),
    ...said('maxProperties', bound => `at most ${bound} keys`),
    ...each(schema['items'] ?? schema['additionalProperties']),
  ]
}

function each(schema: Json | undefined): readonly string[] {
  if (schema === undefined) return []
  const item = asSchema(schema)
  const limits = kubernetesType(item) === undefined ? [...bounds(item), ...messages(item)] : []
  return limits.length === 0 ? [] : [`each: ${limits.join(', ')}`]
}

/** What the rules of a schema that are about it, or about one of its fields, say that must be. */
function messages(schema: Schema, name?: string): readonly string[] {
  return asList(schema['x-kubernetes-validations']).flatMap(rule => {
    const { message, fieldPath } = asSchema(rule)
    return typeof message === 'string' && fieldPath === (name && `.${name}`) ? [message.replace(/^must be /, '')] : []
  })
}

const plain = (value: Json | undefined): string | undefined =>
  typeof value === 'number' || typeof value === 'string' ? `${value}` : undefined

const asSchema = (value: Json | undefined): Schema => (value ?? {}) as Schema

const asList = (value: Json | undefined): readonly Json[] => (value ?? []) as readonly Json[]

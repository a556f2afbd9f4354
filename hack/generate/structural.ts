/** JSON Schema, as zod writes it, to the structural schema that kube-apiserver demands of a CustomResourceDefinition. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }
export type Schema = { readonly [key: string]: Json | undefined }

/** What both have in common, and what is kube-apiserver's own. */
const carriedOver = new Set([
  'description',
  'default',
  'format',
  'enum',
  'required',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'maxProperties',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
])

/** Zod says for every integer that it is exact in a double; kube-apiserver's integers are 64 bits anyway. */
const isDoubleBound = (value: Json | undefined) => Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER

/**
 * @throws Error naming the path of a keyword that has no counterpart, rather than to drop a constraint in silence
 */
export function structural(schema: Schema, path = ''): Schema {
  const converted = Object.entries(schema).flatMap(([keyword, value]) => convert(keyword, value, schema, path))
  return schema['type'] === 'integer'
    ? { ...Object.fromEntries(converted), format: integerFormat(schema) }
    : Object.fromEntries(converted)
}

function convert(keyword: string, value: Json | undefined, schema: Schema, path: string): [string, Json][] {
  switch (keyword) {
    case '$schema':
      return []
    // Keys of a JSON object are strings; z.record says so.
    case 'propertyNames':
      return isStringSchema(value) ? [] : unsupported(keyword, path)
    // Unknown fields are pruned, not refused. What is left are maps.
    case 'additionalProperties':
      return value === false ? [] : [[keyword, structural(value as Schema, `${path}[*]`)]]
    case 'properties':
      return [[keyword, properties(value as Schema, path)]]
    case 'items':
      return [[keyword, structural(value as Schema, `${path}[]`)]]
    // Several types, as zod writes what may be null.
    case 'type':
      return typeof value === 'string' ? [[keyword, value]] : unsupported(keyword, path)
    case 'const':
      return [['enum', [value ?? null]]]
    case 'minimum':
    case 'maximum':
      return isDoubleBound(value) ? [] : [[keyword, value ?? null]]
    // The pattern that comes with it is zod's own notion of the same format.
    case 'pattern':
      return schema['format'] === 'date-time' ? [] : [[keyword, value ?? null]]
    default:
      return carriedOver.has(keyword) ? [[keyword, value ?? null]] : unsupported(keyword, path)
  }
}

const properties = (schemas: Schema, path: string): Schema =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, structural(schema as Schema, `${path}.${name}`)]),
  )

const isStringSchema = (value: Json | undefined) => JSON.stringify(value) === '{"type":"string"}'

const integerFormat = ({ minimum, maximum }: Schema) =>
  Number(minimum) >= -(2 ** 31) && Number(maximum) < 2 ** 31 ? 'int32' : 'int64'

function unsupported(keyword: string, path: string): never {
  throw new Error(`${path || '.'}: "${keyword}" cannot be said in a structural schema`)
}

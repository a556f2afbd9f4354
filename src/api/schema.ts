/**
 * The pieces that the custom resources' schemas are made of. A schema is the one source of a resource's type, of its
 * validation in this process and, by way of `crd.ts`, of what the API server refuses and `kubectl explain` tells.
 * Whatever JSON Schema cannot say and the API server must know travels in `.meta()`, in the API server's own words.
 */
import { z } from 'zod'

/** Values off the wire are shared between stages, and so are not to be written to. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T

/** A constraint told twice, once for each side; a test holds the two to each other. */
export interface Rule<T> {
  /** For the API server, in CEL, where `self` is the value. */
  readonly cel: string
  /** What the value must be. Both sides put the field's path before it. */
  readonly message: string
  /** The field of an object that is at fault, as `as` or `metadata.name`. */
  readonly field?: string
  /** Total: never throws, whatever value of the type it is given. */
  readonly holds: (value: T) => boolean
}

const validations = 'x-kubernetes-validations'

export function constrain<Schema extends z.ZodType>(schema: Schema, ...rules: Rule<z.output<Schema>>[]): Schema {
  const forServer = rules.map(({ cel, message, field }) => ({
    rule: cel,
    message,
    ...(field !== undefined && { fieldPath: `.${field}` }),
  }))
  return rules
    .reduce(
      (refined, { holds, message, field }) => refined.refine(holds, { error: message, path: field?.split('.') ?? [] }),
      schema,
    )
    .meta({ [validations]: [...validationsOf(schema), ...forServer] })
}

/** Only the API server can hold to it, as it alone knows the value before. */
export const immutable = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ [validations]: [...validationsOf(schema), { rule: 'self == oldSelf', message: 'must not change' }] })

const validationsOf = (schema: z.ZodType) => (schema.meta()?.[validations] ?? []) as readonly object[]

/** The whole object, as far as schemas are concerned: of its metadata only the name. */
export const resource = <Spec extends z.ZodType, Status extends z.ZodType>(
  spec: Spec,
  status: Status,
  nameLength = 253,
) =>
  z.object({
    metadata: z.object({ name: text(nameLength) }),
    spec: spec.describe('What is wanted.'),
    status: status.describe('What was found.').exactOptional(),
  })

export const text = (maxLength: number) => z.string().max(maxLength)

export const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum)

export const uint32 = integer(0, 4_294_967_295)

/** A count or size. JSON numbers are exact up to 2^53-1; a larger one is told as that. */
export const count = integer(0, Number.MAX_SAFE_INTEGER)

export const list = <Item extends z.ZodType>(item: Item, maxItems: number) => z.array(item).max(maxItems)

export const map = <Value extends z.ZodType>(value: Value, maxProperties: number) =>
  z
    .record(z.string(), value)
    .refine(entries => Object.keys(entries).length <= maxProperties, {
      error: `must have at most ${maxProperties} keys`,
    })
    .meta({ maxProperties })

/**
 * An object that one writer writes as a whole. Its fields are then not listed one by one in the managedFields of the
 * object it is in, which is most of what an entry for every node costs.
 */
export const atomic = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ 'x-kubernetes-map-type': 'atomic' })

/** Autonomous system number, 32 bits (RFC 6793); 0 is reserved (RFC 7607). */
export const asNumber = integer(1, 4_294_967_295)

export const port = integer(1, 65_535)

/** RFC 3339. */
export const time = z.iso.datetime({ offset: true }).meta({ format: 'date-time' })

/** metav1.LabelSelector. */
export const labelSelector = atomic(
  z.object({
    matchLabels: map(text(63), 64).describe('Labels that must all be there with these values.').exactOptional(),
    matchExpressions: list(
      constrain(
        z.object({
          key: text(317).describe('The label.'),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How the label relates to the values.'),
          values: list(text(63), 64)
            .describe('One or more for In and NotIn, none for Exists and DoesNotExist.')
            .exactOptional(),
        }),
        {
          cel: "self.operator in ['In', 'NotIn'] == (has(self.values) && size(self.values) > 0)",
          message: 'In and NotIn need values, Exists and DoesNotExist take none',
          field: 'values',
          holds: ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') === values.length > 0,
        },
      ),
      64,
    )
      .describe('Requirements that must all hold.')
      .exactOptional(),
  }),
)

export type LabelSelector = Immutable<z.output<typeof labelSelector>>

/** metav1.Condition (KEP-1623). */
export const conditions = list(
  z.object({
    type: text(316).describe('What is told about.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
    reason: text(1024).describe('Why, in one word for programs.'),
    message: text(32_768).describe('Why, for people.'),
    lastTransitionTime: time.describe('When the status last changed.'),
    observedGeneration: count.describe('The generation of the object that this is about.').exactOptional(),
  }),
  32,
)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .describe('What the controller and the speakers found.')

export const observedGeneration = count.describe('The generation of the object that this status is about.')

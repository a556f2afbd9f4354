import { z } from 'zod'
import type { CustomResource } from '../../../src/api/customresources.ts'
import { labelSelector } from '../../../src/api/schema.ts'
import { actsOn } from '../../../src/api/unacted.ts'
import { nodePeerStatus } from '../../../src/status/bgp.ts'
import { customResourceDefinition } from '../crd.ts'
import { type Schema, structural } from '../structural.ts'
import { type Field, fields } from './fields.ts'
import { code, table } from './markdown.ts'
import { isOpenelbs } from './openelb.ts'

/** What a reader should know of a kind besides its fields. */
const remarks: Readonly<Record<string, string>> = {
  Eip: 'How Eips are chosen, shared, bound and rationed: [allocation.md](allocation.md). What is refused: [validation.md](validation.md).',
  BgpPeer:
    'What routers make of it, and what they have to be told: [bgp.md](bgp.md). Of graceful restart, what a BgpPeer says replaces what the ' +
    'BgpConf says as a whole.',
  VirtualIP:
    'The whole resource is Fairlead’s. Its name is the address, of IPv6 all eight groups joined by `-`. The controller makes, changes and ' +
    'deletes them; people make one only to [reserve](allocation.md#reserved-for-a-service) an address, and delete one only to ' +
    '[end a hold](allocation.md#held-while-a-silent-speaker-may-announce-it).',
}

/** The section of a kind. */
export function resource(definition: CustomResource): string {
  const { kind, schema } = definition
  const { spec, status } = parts(definition)
  const told = spec.filter(({ path }) => actedOn(kind, path) !== false)
  const accepted = spec.filter(({ path, type }) => actedOn(kind, path) === false && type !== 'object')
  const filled = status.filter(({ path }) => isWritten(path))
  const unwritten = status.filter(({ path }) => !isWritten(path)).map(({ path }) => path)
  const empty = unwritten.filter(path => !unwritten.some(above => path.startsWith(`${above}.`)))
  return [
    `## ${kind}`,
    `${schema.description ?? ''} ${remarks[kind] ?? ''}`.trim(),
    table(
      ['field of `spec`', 'type', 'default', 'must be', 'meaning'],
      told.map(field => [
        name(kind, 'spec', field),
        field.type,
        field.required ? 'has to be given' : (field.default ?? ''),
        field.limits.join('; '),
        `${field.meaning}${actedOn(kind, field.path) === 'inLayer2' && !field.path.includes('.') ? ' Only with `protocol: layer2`.' : ''}`,
      ]),
    ),
    ...(accepted.length === 0 ? [] : ['Accepted and not acted on:', plain(kind, 'spec', accepted)]),
    plain(kind, 'status', filled),
    ...(empty.length === 0 ? [] : [`Not written by this version: ${empty.map(code).join(', ')}.`]),
  ].join('\n\n')
}

/** The fields of a label selector. */
export function selectors(): string {
  const schema = structural(z.toJSONSchema(labelSelector, { io: 'input' }) as Schema)
  return table(
    ['field', 'type', 'must be', 'meaning'],
    fields({ ...schema, properties: schema['properties'] ?? {} }).map(({ path, type, limits, meaning }) => [
      code(path),
      type,
      limits.join('; '),
      meaning,
    ]),
  )
}

function plain(kind: string, part: 'spec' | 'status', list: readonly Field[]): string {
  return table(
    [`field of \`${part}\``, 'type', 'meaning'],
    list.map(field => [name(kind, part, field), field.type, field.meaning]),
  )
}

const name = (kind: string, part: 'spec' | 'status', { path }: Field) =>
  `${code(path)}${kind === 'VirtualIP' || isOpenelbs(kind, `${part}.${path}`) ? '' : ' **+**'}`

/** The fields of a kind as the API server is told them. */
export function parts(definition: CustomResource): {
  readonly spec: readonly Field[]
  readonly status: readonly Field[]
} {
  const [version] = customResourceDefinition(definition).spec.versions
  if (version === undefined) throw new Error(`${definition.kind} has no version`)
  const { spec, status } = version.schema.openAPIV3Schema['properties'] as Readonly<Record<'spec' | 'status', Schema>>
  return { spec: fields(spec), status: fields(status) }
}

function actedOn(kind: string, path: string): boolean | 'inLayer2' {
  return kind === 'Eip' || kind === 'BgpConf' || kind === 'BgpPeer' ? actsOn(kind, path) : true
}

const sessions = 'nodesPeerStatus.*.'

/** All that a speaker tells of a session. */
const session = fieldsOf(
  nodePeerStatus({
    address: '',
    state: 'established',
    peerAs: 0,
    localAs: 0,
    routerId: '',
    establishedAt: new Date(0),
    prefixesSent: 0,
    prefixesReceived: 0,
    lastError: '',
    negotiatedHoldTime: 0,
    bfd: 'up',
  }),
)

function fieldsOf(value: object): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? [key, ...fieldsOf(inner).map(path => `${key}.${path}`)] : [key],
  )
}

const isWritten = (path: string) => !path.startsWith(sessions) || session.includes(path.slice(sessions.length))

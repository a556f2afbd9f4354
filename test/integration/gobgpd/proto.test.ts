/** Our .proto files against the API of the GoBGP that is pinned in hack/gobgp. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadFileDescriptorSetFromBuffer, loadSync, type PackageDefinition } from '@grpc/proto-loader'
import test from 'ava'
import { binary } from '../../../hack/binaries.ts'

const ours = fileURLToPath(new URL('../../../proto', import.meta.url))
const load = (directory: string) => loadSync('gobgp/service.proto', { includeDirs: [directory], keepCase: true })
const theirs = () => loadFileDescriptorSetFromBuffer(execFileSync(binary('gobgp-descriptors'), { maxBuffer: 16 << 20 }))

test('everything that we declare is as GoBGP declares it', t => {
  const declared = declarations(load(ours))
  t.true(declared.size > 130)
  t.true([...declared.keys()].some(key => key.startsWith('api.GoBgpService.')))
  t.deepEqual(differences(declared, declarations(theirs())), [])
})

const mistakes: readonly {
  readonly file: string
  readonly right: string
  readonly wrong: string
  readonly of: string
}[] = [
  { file: 'path', right: 'identifier = 18', wrong: 'identifier = 19', of: 'api.Path.identifier' },
  { file: 'path', right: 'uint32 identifier', wrong: 'uint64 identifier', of: 'api.Path.identifier' },
  { file: 'path', right: 'repeated Path paths = 3', wrong: 'Path paths = 3', of: 'api.AddPathStreamRequest.paths' },
  {
    file: 'path',
    right: 'OriginAttribute origin = 2',
    wrong: 'NextHopAttribute origin = 2',
    of: 'api.Attribute.origin',
  },
  { file: 'path', right: 'oneof nlri', wrong: 'oneof other', of: 'api.NLRI.prefix' },
  { file: 'peer', right: 'deferral_time', wrong: 'defer_time', of: 'api.GracefulRestart.defer_time' },
  {
    file: 'peer',
    right: 'STATE_IDLE = 1',
    wrong: 'STATE_IDLE = 7',
    of: 'api.PeerState.SessionState.SESSION_STATE_IDLE',
  },
  { file: 'peer', right: 'BfdPeerConfig bfd = 12', wrong: 'BfdPeerConfig bfd = 13', of: 'api.Peer.bfd' },
  { file: 'policy', right: 'ROUTE_ACTION_REJECT', wrong: 'ROUTE_ACTION_DROP', of: 'api.RouteAction.ROUTE_ACTION_DROP' },
  { file: 'service', right: 'AddPathStream(stream ', wrong: 'AddPathStream(', of: 'api.GoBgpService.AddPathStream' },
  { file: 'service', right: 'rpc GetBgp(', wrong: 'rpc ReadBgp(', of: 'api.GoBgpService.ReadBgp' },
]
for (const { file, right, wrong, of } of mistakes) {
  test(`a mistake is found: "${wrong}" instead of "${right}"`, t => {
    const copy = mkdtempSync(join(tmpdir(), 'proto-'))
    t.teardown(() => rmSync(copy, { recursive: true }))
    cpSync(join(ours, 'gobgp'), join(copy, 'gobgp'), { recursive: true })
    const path = join(copy, 'gobgp', `${file}.proto`)
    const text = readFileSync(path, 'utf8')
    t.true(text.includes(right))
    writeFileSync(path, text.replace(right, wrong))
    const found = differences(declarations(load(copy)), declarations(theirs()))
    t.deepEqual(
      found.map(line => line.split(': ')[0]),
      [of],
    )
  })
}

interface Descriptor {
  readonly name: string
}
interface Field extends Descriptor {
  readonly number: number
  readonly label: string
  readonly type: string
  readonly typeName: string
  readonly oneofIndex?: number
}
interface Message extends Descriptor {
  readonly field: readonly Field[]
  readonly oneofDecl: readonly Descriptor[]
  readonly nestedType: readonly Message[]
  readonly enumType: readonly Enum[]
}
interface Enum extends Descriptor {
  readonly value: readonly (Descriptor & { readonly number: number })[]
}

/** What is on the wire of each field, enum value and method, by its full name. */
function declarations(definition: PackageDefinition): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(definition).flatMap(([name, entry]) =>
      typeof entry['format'] === 'string'
        ? describeType(name, (entry as unknown as { type: Message | Enum }).type)
        : Object.entries(entry as unknown as Record<string, Method>).map(
            ([method, signature]) => [`${name}.${method}`, describeMethod(signature)] as const,
          ),
    ),
  )
}

function describeType(name: string, type: Message | Enum): readonly (readonly [string, string])[] {
  if ('value' in type) return type.value.map(value => [`${name}.${value.name}`, `= ${value.number}`])
  return [
    ...type.field.map(field => [`${name}.${field.name}`, describeField(field, type)] as const),
    ...[...type.nestedType, ...type.enumType].flatMap(nested => describeType(`${name}.${nested.name}`, nested)),
  ]
}

interface Method {
  readonly path: string
  readonly requestStream: boolean
  readonly responseStream: boolean
  readonly requestType: { readonly type: Descriptor }
  readonly responseType: { readonly type: Descriptor }
}

function describeField({ number, label, type, typeName, oneofIndex }: Field, { oneofDecl }: Message): string {
  const oneof = oneofIndex === undefined ? undefined : oneofDecl[oneofIndex]?.name
  // Relative here and absolute there; the last word tells them apart within the one package.
  return [label, type, typeName.split('.').at(-1), `= ${number}`, ...(oneof ? [`in ${oneof}`] : [])].join(' ')
}

function describeMethod({ path, requestStream, responseStream, requestType, responseType }: Method): string {
  const [request, response] = [requestType.type.name, responseType.type.name]
  return `${path} ${requestStream ? 'stream ' : ''}${request} -> ${responseStream ? 'stream ' : ''}${response}`
}

function differences(declared: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): readonly string[] {
  return [...declared]
    .filter(([name, wire]) => actual.get(name) !== wire)
    .map(([name, wire]) => `${name}: ${wire}, but in GoBGP ${actual.get(name) ?? 'there is none'}`)
}

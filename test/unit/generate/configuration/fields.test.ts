import test from 'ava'
import { type Field, fields } from '../../../../hack/generate/configuration/fields.ts'
import { openelbFields } from '../../../../hack/generate/configuration/openelb.ts'
import { parts } from '../../../../hack/generate/configuration/resource.ts'
import type { Schema } from '../../../../hack/generate/structural.ts'
import { customResources } from '../../../../src/api/customresources.ts'
import { peer } from '../../../../src/desired/peers.ts'
import { bgpConf, bgpPeer, node } from '../../objects.ts'

const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', properties, ...more })
const text = { type: 'string', description: 'Text.' }

const cases: readonly [title: string, schema: Schema, expected: readonly Partial<Field>[]][] = [
  [
    'type, limits and meaning',
    object({ a: { type: 'integer', minimum: 1, maximum: 9, description: 'A number.' } }),
    [{ path: 'a', type: 'integer', limits: ['1 to 9'], required: false, meaning: 'A number.' }],
  ],
  ['one that has to be given', object({ a: text }, { required: ['a'] }), [{ path: 'a', required: true }]],
  [
    'a default, told apart from the meaning',
    object({ a: { type: 'integer', description: 'Seconds. Default: a third of b.' } }),
    [{ meaning: 'Seconds.', default: 'a third of b' }],
  ],
  [
    'a default that 0 stands for as well',
    object({ a: { type: 'integer', description: 'Seconds. Default (or 0): 90.' } }),
    [{ meaning: 'Seconds.', default: '90; also for 0' }],
  ],
  [
    'what is in an object, a list and a map, after it',
    object({
      a: object({ b: text }, { description: 'An object.' }),
      c: { type: 'array', maxItems: 3, items: object({ d: text }), description: 'A list.' },
      e: { type: 'object', additionalProperties: object({ f: text }), description: 'A map.' },
    }),
    [
      { path: 'a', type: 'object' },
      { path: 'a.b' },
      { path: 'c', type: 'list of object', limits: ['at most 3'] },
      { path: 'c[].d' },
      { path: 'e', type: 'map of object' },
      { path: 'e.*.f' },
    ],
  ],
  [
    'the limits of each in a list',
    object({ a: { type: 'array', items: { type: 'string', maxLength: 3, enum: ['x', 'y'] }, description: 'A list.' } }),
    [{ type: 'list of string', limits: ['each: one of `x`, `y`, at most 3 characters'] }],
  ],
  [
    'rules, also one that the object above has about it',
    object(
      { a: { ...text, 'x-kubernetes-validations': [{ rule: 'r', message: 'must be fine' }] }, b: text },
      { 'x-kubernetes-validations': [{ rule: 'r', message: 'must be longer than a', fieldPath: '.b' }] },
    ),
    [
      { path: 'a', limits: ['fine'] },
      { path: 'b', limits: ['longer than a'] },
    ],
  ],
]

for (const [title, schema, expected] of cases) {
  test(`documentation of a field: ${title}`, t => {
    const found = fields(schema)
    t.is(found.length, expected.length)
    for (const [index, part] of expected.entries()) t.like(found[index], part)
  })
}

test('documentation of a field: one without a description is refused, wherever it is', t => {
  const bare = { type: 'string' }
  t.throws(() => fields(object({ a: bare })), { message: 'a has no description' })
  const list = { type: 'array', items: object({ b: bare }), description: 'A list.' }
  t.throws(() => fields(object({ a: list })), { message: 'a[].b has no description' })
  const map = { type: 'object', additionalProperties: object({ b: bare }), description: 'A map.' }
  t.throws(() => fields(object({ a: map })), { message: 'a.*.b has no description' })
})

const kinds = new Map(customResources.map(definition => [definition.kind, parts(definition)]))

test('every field that OpenELB has is kept', t => {
  for (const [kind, paths] of Object.entries(openelbFields)) {
    const { spec = [], status = [] } = kinds.get(kind as keyof typeof openelbFields) ?? {}
    const ours = [...spec.map(({ path }) => `spec.${path}`), ...status.map(({ path }) => `status.${path}`)]
    t.deepEqual(
      paths.filter(path => !ours.includes(path)),
      [],
      kind,
    )
  }
})

test('the defaults that BgpPeers tell are those in force', t => {
  const defaults = new Map(
    kinds.get('BgpPeer')?.spec.map(field => [field.path, field.default?.replace('; also for 0', '')]),
  )
  const conf = { neighborAddress: '10.62.0.1', peerAs: 64_500 }
  const asked = { conf, ebgpMultihop: { enabled: true }, bfd: { enabled: true }, gracefulRestart: { enabled: true } }
  const here = node('node1', { addresses: ['10.62.0.11'] })
  const inForce = peer(bgpPeer('router', asked), bgpConf({ as: 1 }), here, false)
  t.like(inForce, {
    port: Number(defaults.get('transport.remotePort')),
    multihopTtl: Number(defaults.get('ebgpMultihop.multihopTtl')),
    timers: {
      connectRetry: Number(defaults.get('timers.config.connectRetry')),
      holdTime: Number(defaults.get('timers.config.holdTime')),
    },
    gracefulRestart: {
      restartTime: Number(defaults.get('gracefulRestart.restartTime')),
      deferralTime: Number(defaults.get('gracefulRestart.deferralTime')),
    },
    bfd: {
      transmitInterval: Number(defaults.get('bfd.transmitInterval')),
      receiveInterval: Number(defaults.get('bfd.receiveInterval')),
      detectMultiplier: Number(defaults.get('bfd.detectMultiplier')),
    },
  })
  const several = peer(bgpPeer('router', { conf }), bgpConf({ as: 1 }), here, true)
  const sendMax = defaults.get('afiSafis[].addPaths.config.sendMax') ?? ''
  t.true(sendMax.startsWith(`${several?.sendMaxPaths} `), sendMax)
})

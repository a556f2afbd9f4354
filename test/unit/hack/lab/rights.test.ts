import test from 'ava'
import { type Asked, compare, type RbacObject, rightsOf } from '../../../../hack/lab/rights.ts'

const user = 'system:serviceaccount:home:web'
const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: 'home' }]

const role = (kind: 'Role' | 'ClusterRole', rules: RbacObject['rules'], namespace?: string): RbacObject => ({
  kind,
  metadata: { name: 'web', ...(namespace !== undefined && { namespace }) },
  ...(rules && { rules }),
})

const binding = (kind: 'Role' | 'ClusterRole', to: RbacObject['subjects'] = subjects): RbacObject => ({
  kind: `${kind}Binding`,
  metadata: { name: 'web', ...(kind === 'Role' && { namespace: 'home' }) },
  roleRef: { kind, name: 'web' },
  subjects: to,
})

const pods = { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['list', 'watch'] }
const settings = { apiGroups: ['apps.dev'], resources: ['settings'], resourceNames: ['a', 'b'], verbs: ['get'] }

const asked = (request: Partial<Asked>): Asked => ({
  user,
  verb: 'list',
  group: '',
  resource: 'pods',
  isAllowed: true,
  ...request,
})

test('rights are every verb on every resource of the rules that are bound to an account, by name where they are', t => {
  const objects = [binding('ClusterRole'), role('ClusterRole', [pods, settings])]
  const shared = { role: 'ClusterRole web' }
  t.deepEqual(rightsOf(user, objects), [
    { ...shared, verb: 'list', group: '', resource: 'pods' },
    { ...shared, verb: 'watch', group: '', resource: 'pods' },
    { ...shared, verb: 'list', group: '', resource: 'pods/status' },
    { ...shared, verb: 'watch', group: '', resource: 'pods/status' },
    { ...shared, verb: 'get', group: 'apps.dev', resource: 'settings', name: 'a' },
    { ...shared, verb: 'get', group: 'apps.dev', resource: 'settings', name: 'b' },
  ])
})

test('a Role is that of the namespace of its binding, and gives rights there', t => {
  const list = { ...pods, resources: ['pods'], verbs: ['list'] }
  const elsewhere = role('Role', [settings], 'away')
  t.deepEqual(rightsOf(user, [binding('Role'), elsewhere, role('Role', [list], 'home')]), [
    { role: 'Role web', verb: 'list', group: '', resource: 'pods', namespace: 'home' },
  ])
})

test('what is bound to others gives no rights', t => {
  const others = [
    { kind: 'ServiceAccount', name: 'web', namespace: 'away' },
    { kind: 'User', name: user },
  ]
  t.deepEqual(rightsOf(user, [binding('ClusterRole', others), role('ClusterRole', [pods])]), [])
})

const right = { role: 'Role web', verb: 'get', group: 'apps.dev', resource: 'settings', namespace: 'home', name: 'a' }
const used = asked({ verb: 'get', group: 'apps.dev', resource: 'settings', namespace: 'home', name: 'a' })

test('a right that a request needed is used', t => {
  t.deepEqual(compare([right], [used]), { unused: [], forbidden: [] })
  const { namespace, name, ...anywhere } = right
  t.deepEqual(compare([anywhere], [used]), { unused: [], forbidden: [] })
})

for (const [what, other] of [
  ['no request', undefined],
  ['another verb', { verb: 'list' }],
  ['another group', { group: '' }],
  ['a subresource', { resource: 'settings/status' }],
  ['another namespace', { namespace: 'away' }],
  ['another name', { name: 'b' }],
] as const) {
  test(`a right is told unused after ${what}`, t => {
    const { unused } = compare([right], other === undefined ? [] : [{ ...used, ...other }])
    t.deepEqual(unused, ['Role web: get settings.apps.dev "a" in home'])
  })
}

test('what was forbidden is told once, and is no use of a right', t => {
  const watch = { role: 'ClusterRole web', verb: 'watch', group: '', resource: 'pods' }
  const refused = asked({ verb: 'watch', namespace: 'home', isAllowed: false })
  t.deepEqual(compare([watch], [refused, refused]), {
    unused: ['ClusterRole web: watch pods'],
    forbidden: ['home:web: watch pods in home'],
  })
})

import test from 'ava'
import { audited } from '../../../../hack/lab/audit.ts'

const user = { username: 'system:serviceaccount:home:web', groups: ['system:serviceaccounts'] }
const event = (more: object) => `${JSON.stringify({ kind: 'Event', stage: 'ResponseComplete', user, ...more })}\n`

test('requests are told by what rights are given for', t => {
  const status = { resource: 'services', subresource: 'status', namespace: 'home', name: 'a', apiVersion: 'v1' }
  const list = { resource: 'eips', apiGroup: 'network.dev', apiVersion: 'v1' }
  const text = [
    event({ verb: 'patch', objectRef: status, responseStatus: { metadata: {}, code: 409 } }),
    event({ verb: 'list', objectRef: list, responseStatus: { metadata: {}, code: 200 } }),
  ].join('')
  const by = { user: user.username }
  t.deepEqual(audited(text), [
    { ...by, verb: 'patch', group: '', resource: 'services/status', namespace: 'home', name: 'a', code: 409 },
    { ...by, verb: 'list', group: 'network.dev', resource: 'eips', code: 200 },
  ])
})

test('what is about no object, and a line that is not whole yet, are left out', t => {
  t.deepEqual(audited(`${event({ verb: 'get', requestURI: '/version' })}{"kind":"Ev`), [])
})

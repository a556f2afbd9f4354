import test from 'ava'
import { audited } from '../../../../hack/lab/audit.ts'

const user = { username: 'system:serviceaccount:home:web', groups: ['system:serviceaccounts'] }
const event = (more: object) => `${JSON.stringify({ kind: 'Event', stage: 'ResponseComplete', user, ...more })}\n`
const decided = (decision: string) => ({ 'authorization.k8s.io/decision': decision })

test('requests are told by what rights are given for; one that is refused for something else had the right', t => {
  const status = { resource: 'services', subresource: 'status', namespace: 'home', name: 'a', apiVersion: 'v1' }
  const list = { resource: 'eips', apiGroup: 'network.dev', apiVersion: 'v1' }
  const text = [
    event({ verb: 'patch', objectRef: status, responseStatus: { code: 403 }, annotations: decided('allow') }),
    event({ verb: 'list', objectRef: list, responseStatus: { code: 403 }, annotations: decided('forbid') }),
  ].join('')
  const by = { user: user.username }
  t.deepEqual(audited(text), [
    { ...by, verb: 'patch', group: '', resource: 'services/status', namespace: 'home', name: 'a', isAllowed: true },
    { ...by, verb: 'list', group: 'network.dev', resource: 'eips', isAllowed: false },
  ])
})

test('what is about no object, and a line that is not whole yet, are left out', t => {
  t.deepEqual(audited(`${event({ verb: 'get', requestURI: '/version' })}{"kind":"Ev`), [])
})

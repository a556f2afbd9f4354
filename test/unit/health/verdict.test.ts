import test from 'ava'
import { judge, type Probe, synced, unprobed } from '../../../src/health/verdict.ts'

const after = (...probes: Probe[]) => probes.reduce(judge, unprobed).health

test('16: a kube-proxy is unknown until it answers, or has missed three probes', t => {
  t.is(after(), 'unknown')
  t.is(after('missed', 'missed'), 'unknown')
  t.is(after('missed', 'missed', 'missed'), 'unhealthy')
  t.is(after('answered'), 'healthy')
})

test('a lost probe or two withdraw nothing, three in a row do, one answer brings it back', t => {
  t.is(after('answered', 'missed', 'missed'), 'healthy')
  t.is(after('answered', 'missed', 'missed', 'answered', 'missed', 'missed'), 'healthy')
  t.is(after('answered', 'missed', 'missed', 'missed'), 'unhealthy')
  t.is(after('answered', 'missed', 'missed', 'missed', 'answered'), 'healthy')
})

const family = { lastUpdated: '2026-01-01T00:00:00Z', healthy: true }
const bodies: readonly (readonly [name: string, status: number, body: string, synced: boolean])[] = [
  ['synced, one family', 200, JSON.stringify({ healthy: true, status: { IPv4: family } }), true],
  ['synced, both families', 200, JSON.stringify({ healthy: true, status: { IPv4: family, IPv6: family } }), true],
  ['starting up', 200, JSON.stringify({ healthy: true, nodeEligible: true }), false],
  ['of a release that does not tell', 200, JSON.stringify({ lastUpdated: 'now', nodeEligible: true }), true],
  ['of a proxy with a body of its own', 200, 'ok', true],
  ['late with its rules', 503, JSON.stringify({ healthy: false, status: { IPv4: family } }), false],
]

for (const [name, status, body, expected] of bodies) {
  test(`16: a healthz ${name} ${expected ? 'lets' : 'does not let'} the node announce`, t => {
    t.is(synced(status, body), expected)
  })
}

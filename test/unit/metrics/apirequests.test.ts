import test from 'ava'
import { apiRequestMetrics } from '../../../src/metrics/apirequests.ts'
import { empty, samples } from './registry.ts'

test('requests are counted by verb, kind and code, and timed by verb', async t => {
  const { registry } = empty()
  const requested = apiRequestMetrics([registry])
  requested({ verb: 'apply', kind: 'Service', code: 200, milliseconds: 7 })
  requested({ verb: 'apply', kind: 'VirtualIP', code: 409, milliseconds: 3 })
  requested({ verb: 'list', kind: 'Service', code: 0, milliseconds: 10_000 })
  t.deepEqual(await samples(registry, 'fairlead_api_requests_total'), {
    'fairlead_api_requests_total{verb="apply",kind="Service",code="200"}': 1,
    'fairlead_api_requests_total{verb="apply",kind="VirtualIP",code="409"}': 1,
    'fairlead_api_requests_total{verb="list",kind="Service",code="0"}': 1,
  })
  const duration = 'fairlead_api_request_duration_seconds'
  const found = await samples(registry, `${duration}_sum`, `${duration}_bucket`)
  t.is(found[`${duration}_sum{verb="apply"}`], 0.01)
  t.is(found[`${duration}_bucket{le="0.005",verb="apply"}`], 1)
  t.is(found[`${duration}_bucket{le="5",verb="list"}`], 0)
  t.is(found[`${duration}_bucket{le="10",verb="list"}`], 1)
})

import { Counter, Histogram, type Registry } from 'prom-client'
import type { ApiRequested } from '../kube/requested.ts'

/** Seconds: from what an API server takes that has nothing to do, to the client's deadline. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts and times the requests to the API server. */
export function apiRequestMetrics(registers: Registry[]): (request: ApiRequested) => void {
  const count = new Counter({
    name: 'fairlead_api_requests_total',
    help: 'Requests to the API server by what became of them; code is that of HTTP, 0 without an answer',
    labelNames: ['verb', 'kind', 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'fairlead_api_request_duration_seconds',
    help: 'From a request to the end of its answer; of a watch, and of what had no answer, to its beginning or its end',
    labelNames: ['verb'],
    buckets: BUCKETS,
    registers,
  })
  return ({ verb, kind, code, milliseconds }) => {
    count.inc({ verb, kind, code })
    duration.observe({ verb }, milliseconds / 1000)
  }
}

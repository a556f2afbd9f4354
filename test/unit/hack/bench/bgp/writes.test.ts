import test from 'ava'
import { writesBetween, writesIn } from '../../../../../hack/bench/bgp/writes.ts'

const metrics = `# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="services",scope="resource",subresource="status",verb="APPLY",version="v1"} 3
apiserver_request_total{code="409",component="apiserver",dry_run="",group="",resource="services",scope="resource",subresource="status",verb="APPLY",version="v1"} 1
apiserver_request_total{code="0",component="apiserver",dry_run="",group="",resource="services",scope="cluster",subresource="",verb="WATCH",version="v1"} 9
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="services",scope="resource",subresource="",verb="POST",version="v1"} 1.2e+04
apiserver_request_total{code="200",component="apiserver",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 5
apiserver_request_total_of_others{resource="services",verb="PUT"} 7
`

test('writes are counted by verb and resource, whatever became of them', t => {
  t.deepEqual(
    writesIn(metrics),
    new Map([
      ['APPLY services/status', 4],
      ['POST services', 12_000],
      ['PUT leases', 5],
    ]),
  )
})

test('writes in between are those after that were not before, but for Leases', t => {
  const before = new Map([
    ['POST services', 1],
    ['PUT leases', 1],
  ])
  const after = new Map([
    ['POST services', 1],
    ['PUT leases', 9],
    ['PATCH nodes', 2],
  ])
  t.deepEqual(writesBetween(before, after), new Map([['PATCH nodes', 2]]))
})

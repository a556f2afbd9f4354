import test from 'ava'
import { updatesAtBird, updatesAtFrr } from '../../../../../hack/bench/bgp/updates.ts'

test('FRR counts the UPDATEs of each session; one that never was up has no count', t => {
  const json = JSON.stringify({
    '10.62.0.11': { bgpState: 'Established', messageStats: { updatesSent: 9, updatesRecv: 16 } },
    '10.62.0.12': { bgpState: 'Established', messageStats: { updatesSent: 1, updatesRecv: 2 } },
    '10.62.0.13': { bgpState: 'Active' },
  })
  t.is(updatesAtFrr(json), 18)
  t.is(updatesAtFrr('{}'), 0)
})

test('BIRD counts the routes that were announced and withdrawn, of every session and family', t => {
  const channel = `  Channel ipv4
    Routes:         2 imported, 0 exported, 2 preferred
    Route change stats:     received   rejected   filtered    ignored   accepted
      Import updates:              3          0          0          0          3
      Import withdraws:            1          0        ---          0          1
      Export updates:              7          0          0        ---          7
`
  t.is(updatesAtBird(channel), 4)
  t.is(updatesAtBird(channel + channel), 8)
})

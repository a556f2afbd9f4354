import test from 'ava'
import { inOrder } from '../../../src/controller/order.ts'
import { services, virtualIPs } from '../../../src/kube/resources.ts'
import { bothFamilies, entry, service } from '../ipam/fixtures.ts'
import { Play } from './play.ts'

const [first, second, third] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']

for (const { name: family, ip, range, ...rest } of bothFamilies) {
  const families = [{ name: family, ip, range, ...rest }]

  test(`10: ${family}: a new leader looks first at what the ledger lacks, then at who waits, then at who has all they tell`, t => {
    const ledger = new Map([
      [ip(1), entry(ip(1), 'a', 'has-old')],
      [ip(2), entry(ip(2), 'a', 'has-new')],
      [ip(3), entry(ip(3), 'a', 'another')],
      [ip(5), entry(ip(5), 'a', 'half')],
    ])
    const all = [
      service({ name: 'has-new', ingress: [ip(2)], created: second }),
      service({ name: 'has-old', ingress: [ip(1)], created: first }),
      service({ name: 'waits-new', created: third }),
      service({ name: 'waits-old', created: second }),
      service({ name: 'lacks', ingress: [ip(4)], created: third }),
      service({ name: 'half', ingress: [ip(5), ip(6)], created: second }),
      service({ name: 'of-another', ingress: [ip(3)], created: first }),
    ]
    t.deepEqual(
      inOrder(all, address => ledger.get(address)),
      ['of-another', 'half', 'lacks', 'waits-old', 'waits-new', 'has-old', 'has-new'].map(name => `default/${name}`),
    )
  })

  test(`10: ${family}: a Service that came while nobody led does not wait until all that have an address were looked at`, async t => {
    const play = new Play()
    play.eip('a', range(1, 99))
    for (let n = 1; n <= 50; n += 1) play.service(`web${n}`, { families, created: first })
    const before = play.lead()
    await play.settle()
    before.stop()
    for (const { spec } of play.server.all(virtualIPs)) {
      const status = { loadBalancer: { ingress: [{ ip: spec.address }] } }
      play.server.change(services, { namespace: 'default', name: spec.services[0]?.name ?? '' }, { status })
    }
    play.service('late', { families, created: second })
    const leader = play.lead()
    await play.settle()
    t.is(leader.looked[0], 'default/late')
    t.is(leader.outcomes.size, 51)
  })
}

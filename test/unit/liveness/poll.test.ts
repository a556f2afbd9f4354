import test from 'ava'
import type { KubeClient, Selection } from '../../../src/kube/client.ts'
import type { KubeObject } from '../../../src/kube/objects.ts'
import type { Resource } from '../../../src/kube/resources.ts'
import { sightings } from '../../../src/liveness/poll.ts'
import type { Sighting } from '../../../src/liveness/sighting.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'
import { metadata } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

test('the speakers’ Leases are asked for by their label every two seconds, also after a failure', async t => {
  const time = new VirtualTime()
  const asked: unknown[] = []
  const seen: Sighting[] = []
  const failures: unknown[] = []
  const list = async ({ plural }: Resource<KubeObject>, selection: Selection) => {
    asked.push([time.now(), plural, selection])
    if (asked.length === 2) throw unreachable()
    const spec = { holderIdentity: 'a', renewTime: `${time.now()}` }
    return { items: [{ metadata: metadata('fairlead-speaker-a'), spec }], resourceVersion: '1' }
  }
  const client = fakeClient({ list: list as unknown as KubeClient['list'] })
  const looking = sightings(client, { namespace: 'system', scheduler: time, report: error => failures.push(error) })
  const subscription = looking.subscribe(sighting => seen.push(sighting))
  await time.pass(4_000)
  subscription.unsubscribe()
  await time.pass(60_000)
  const selection = { namespace: 'system', labelSelector: 'fairlead.dev/speaker=true' }
  t.deepEqual(
    asked,
    [0, 2_000, 4_000].map(at => [at, 'leases', selection]),
  )
  t.is(failures.length, 1)
  t.deepEqual(
    seen.map(({ askedAt, speakers }) => [askedAt, speakers.get('a')?.aliveAt]),
    [
      [0, Number.NEGATIVE_INFINITY],
      [4_000, 0],
    ],
  )
})

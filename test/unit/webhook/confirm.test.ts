import test from 'ava'
import type { KubeClient } from '../../../src/kube/client.ts'
import { emptySnapshot } from '../../../src/watch/snapshot.ts'
import { confirmed } from '../../../src/webhook/confirm.ts'
import { eip } from '../ipam/fixtures.ts'
import { fakeClient, unreachable } from '../kube/fakeclient.ts'

const listing = (list: () => Promise<unknown>) => fakeClient({ list: list as unknown as KubeClient['list'] })

test('4: what an Eip is refused for is looked for in the Eips as they are now', async t => {
  const client = listing(async () => ({ items: [eip('a', '10.0.0.1')], resourceVersion: '1' }))
  t.deepEqual([...(await confirmed(client, 'Eip', emptySnapshot)).eips.keys()], ['a'])
})

test('37: where the API server does not say, what was seen counts', async t => {
  const client = listing(() => Promise.reject(unreachable()))
  t.is(await confirmed(client, 'BgpPeer', emptySnapshot), emptySnapshot)
})

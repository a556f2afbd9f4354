import test from 'ava'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { services } from '../../../src/kube/resources.ts'
import { Reporter } from '../../../src/status/reporter.ts'
import { fakeClient, notFound } from '../kube/fakeclient.ts'
import { service } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

/** The API server refuses every status; `get` says whether the object is there. */
function play(get: () => Promise<Service>) {
  const time = new VirtualTime()
  const reasons: string[] = []
  const invalid = new ApiError(422, 'Invalid', 'spec.ports: Required value')
  const client = fakeClient({
    apply: () => Promise.reject(invalid),
    get: get as unknown as KubeClient['get'],
  })
  const writing = {
    slots: <T>(act: () => Promise<T>) => act(),
    backoff: { first: 100, most: 1_000, random: () => 0 },
    scheduler: time,
    clock: () => new Date(),
    report: (error: unknown) => void reasons.push((error as ApiError).reason),
  }
  const reporter = new Reporter<Service, string>(client, writing, {
    resource: services,
    fieldManager: 'test',
    read: () => '',
    status: () => ({}),
  })
  const web = service('web')
  reporter.write(web.metadata, web, 'told')
  return { time, reasons }
}

test('what is refused because the object is gone is not tried again', async t => {
  const { time, reasons } = play(() => Promise.reject(notFound()))
  await time.pass(60_000)
  t.deepEqual(reasons, ['NotFound'])
})

test('what is refused of an object that is there is tried again, as it may be changed', async t => {
  const { time, reasons } = play(async () => service('web'))
  await time.pass(350)
  t.deepEqual(reasons, ['Invalid', 'Invalid', 'Invalid'])
})

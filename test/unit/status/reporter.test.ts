import test from 'ava'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { services } from '../../../src/kube/resources.ts'
import { Reporter, thisVersion } from '../../../src/status/reporter.ts'
import { fakeClient, notFound } from '../kube/fakeclient.ts'
import { service } from '../objects.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

/** A reporter of Services, of the API server that these methods are of. */
function play(methods: Partial<KubeClient>, options: { readonly invalidIfGone?: true } = { invalidIfGone: true }) {
  const time = new VirtualTime()
  const reasons: string[] = []
  const writing = {
    slots: <T>(act: () => Promise<T>) => act(),
    backoff: { first: 100, most: 1_000, random: () => 0 },
    scheduler: time,
    clock: () => new Date(),
    report: (error: unknown) => void reasons.push((error as ApiError).reason),
  }
  const reporter = new Reporter<Service, string>(fakeClient(methods), writing, {
    resource: services,
    fieldManager: 'test',
    read: () => '',
    status: () => ({}),
    version: thisVersion,
    ...options,
  })
  const tell = (what: string, resourceVersion = '1') => {
    const web = service('web', {}, { resourceVersion })
    reporter.write(web.metadata, web, what)
  }
  return { time, reasons, tell }
}

/** The API server refuses every status; `get` says whether the object is there. */
function refused(get: () => Promise<Service>, options?: { readonly invalidIfGone?: true }) {
  const invalid = new ApiError(422, 'Invalid', 'spec.ports: Required value')
  const { tell, ...played } = play(
    {
      apply: () => Promise.reject(invalid),
      get: get as unknown as KubeClient['get'],
    },
    options,
  )
  tell('told')
  return played
}

test('what is refused because the object is gone is not tried again', async t => {
  const { time, reasons } = refused(() => Promise.reject(notFound()))
  await time.pass(60_000)
  t.deepEqual(reasons, ['NotFound'])
})

test('what is refused of an object that is there is tried again, as it may be changed', async t => {
  const { time, reasons } = refused(async () => service('web'))
  await time.pass(350)
  t.deepEqual(reasons, ['Invalid', 'Invalid', 'Invalid'])
})

test('where Invalid is never said of what is gone, nobody is asked whether it is', async t => {
  const { time, reasons } = refused(() => Promise.reject(t.fail()), {})
  await time.pass(350)
  t.deepEqual(reasons, ['Invalid', 'Invalid', 'Invalid'])
})

test('a reply that comes after the watch has shown what followed is not taken for how the object is', async t => {
  const asked: (string | undefined)[] = []
  const reply = Promise.withResolvers<void>()
  const apply: KubeClient['apply'] = async (_, { name }, __, { resourceVersion }) => {
    asked.push(resourceVersion)
    if (asked.length === 1) await reply.promise
    return service(name, {}, { resourceVersion: `${Number(resourceVersion) + 1}` }) as never
  }
  const { time, reasons, tell } = play({ apply })
  tell('first', '1')
  tell('second', '3')
  await time.pass(100)
  reply.resolve()
  await time.pass(60_000)
  t.deepEqual([asked, reasons], [['1', '3'], []])
})

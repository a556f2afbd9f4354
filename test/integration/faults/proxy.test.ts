/** Each fault of the lab's proxy, as a client of a real API server sees it through it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { Subscription } from 'rxjs'
import { type ControlPlane, startControlPlane } from '../../../hack/lab/controlplane.ts'
import { Faults, serveControl } from '../../../hack/lab/faults/control.ts'
import { proxied } from '../../../hack/lab/faults/lab.ts'
import { FaultyProxy } from '../../../hack/lab/faults/proxy.ts'
import type { KubeClient, WatchNotice } from '../../../src/kube/client.ts'
import { loadKubeConfig, type PooledKubeConfig } from '../../../src/kube/config.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import type { Namespace } from '../../../src/kube/objects.ts'
import { namespaces } from '../../../src/kube/resources.ts'
import { eventually } from '../apiserver/support.ts'

interface Context {
  readonly directory: string
  readonly controlPlane: ControlPlane
  readonly proxy: FaultyProxy
  readonly faults: Faults
  /** Past the proxy. */
  readonly direct: KubeClient
  /** Two managers, through the proxy. Their requests end after three seconds. */
  readonly one: KubeClient
  readonly two: KubeClient
  readonly configs: readonly PooledKubeConfig[]
  readonly stopControl: () => void
}

const test = anyTest as TestFn<Context>
const port = 6444

test.before(async t => {
  const directory = await mkdtemp(join(tmpdir(), 'faults-'))
  const controlPlane = await startControlPlane({ directory })
  const admin = controlPlane.kubeconfigs.admin
  const certificates = join(directory, 'certificates')
  const proxy = new FaultyProxy({
    host: new URL(controlPlane.url).hostname,
    port,
    upstreamPort: Number(new URL(controlPlane.url).port),
    certificate: join(certificates, 'apiserver.crt'),
    key: join(certificates, 'apiserver.key'),
  })
  await proxy.listen()
  const socket = join(directory, 'faults.sock')
  const control = serveControl(proxy, socket)
  const configs = await Promise.all(
    ['one', 'two'].map(async name => {
      const path = join(directory, `${name}.kubeconfig`)
      await writeFile(path, proxied(await readFile(admin, 'utf8'), port, name))
      return loadKubeConfig(path)
    }),
  )
  const direct = loadKubeConfig(admin)
  const [one, two] = configs.map(config => createClient(config, { deadline: 3_000 })) as [KubeClient, KubeClient]
  t.context = {
    directory,
    controlPlane,
    proxy,
    faults: new Faults(socket),
    direct: createClient(direct),
    one,
    two,
    configs: [...configs, direct],
    stopControl: () => control.close(),
  }
})

test.afterEach.always(t => t.context.faults.heal())

test.after.always(async t => {
  const { configs, stopControl, proxy, controlPlane, directory } = t.context
  await proxy?.close()
  stopControl?.()
  for (const config of configs ?? []) await config.close()
  await controlPlane?.stop()
  if (directory) await rm(directory, { recursive: true })
})

const draft = (name: string) => ({ metadata: { name } })
const known = { name: 'default' }

/** A watch of namespaces from now on, and what became of it. */
class Seen {
  readonly names: string[] = []
  readonly bookmarks: string[] = []
  error: ApiError | undefined
  ended = false
  #subscription: Subscription | undefined

  static async start(t: ExecutionContext<Context>, client: KubeClient): Promise<Seen> {
    const { resourceVersion } = await t.context.direct.list(namespaces)
    const seen = new Seen()
    seen.#subscription = client.watch(namespaces, { resourceVersion, timeoutSeconds: 60 }).subscribe({
      next: (notice: WatchNotice<Namespace>) => {
        if (notice.type !== 'bookmark') seen.names.push(notice.object.metadata.name)
      },
      error: (error: ApiError) => {
        seen.error = error
      },
      complete: () => {
        seen.ended = true
      },
    })
    t.teardown(() => seen.#subscription?.unsubscribe())
    const first = `first-${resourceVersion}`
    await t.context.direct.create(namespaces, draft(first))
    await eventually(() => seen.names.includes(first), 5_000)
    seen.names.length = 0
    return seen
  }
}

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

test.serial('without a fault it is as if it were not there: requests, their bodies, errors, and watches', async t => {
  const { one } = t.context
  const seen = await Seen.start(t, one)
  await one.create(namespaces, draft('plain'))
  await eventually(() => seen.names.includes('plain'), 5_000)
  const error = await t.throwsAsync(one.create(namespaces, draft('plain')), { instanceOf: ApiError })
  t.is(error?.reason, 'AlreadyExists')
})

test.serial('a request is answered with a status instead, for those who match', async t => {
  const { one, two, faults } = t.context
  for (const [status, reason] of [
    [409, 'Conflict'],
    [410, 'Expired'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [504, 'Timeout'],
  ] as const) {
    await faults.inject({ from: ['one'], methods: ['GET'], path: '/namespaces/', action: { type: 'answer', status } })
    const error = await t.throwsAsync(one.get(namespaces, known), { instanceOf: ApiError })
    t.like(error, { status, reason })
    await two.get(namespaces, known)
    await one.list(namespaces)
    await t.throwsAsync(one.delete(namespaces, { name: 'nobody' }), { message: /not found/ })
    t.deepEqual(await faults.hits(), [1])
  }
})

test.serial('a probability hits some, a number of times no more than that', async t => {
  const { one, faults } = t.context
  const failures = async (count: number) => {
    const all = await Promise.allSettled(Array.from({ length: count }, () => one.get(namespaces, known)))
    return all.filter(({ status }) => status === 'rejected').length
  }
  await faults.inject({ action: { type: 'answer', status: 500 }, probability: 0.5 })
  const some = await failures(60)
  t.true(some > 10 && some < 50, `${some}`)
  await faults.inject({ action: { type: 'answer', status: 500 }, times: 3 })
  t.is(await failures(10), 3)
})

test.serial('a request is late', async t => {
  const { one, faults } = t.context
  await faults.inject({ action: { type: 'delay', ms: 300 } })
  const began = performance.now()
  await one.get(namespaces, known)
  t.true(performance.now() - began >= 299)
})

test.serial('a connection is closed instead of an answer; one is never answered: nothing is carried out', async t => {
  const { one, direct, faults } = t.context
  for (const [type, message] of [
    ['close', /closed|hang up|reset/],
    ['swallow', /no answer|timeout/i],
  ] as const) {
    await faults.inject({ action: { type } })
    const error = await t.throwsAsync(one.create(namespaces, draft(`never-${type}`)), { instanceOf: ApiError })
    t.is(error?.reason, 'Unreachable')
    t.regex(error?.message ?? '', message)
    await t.throwsAsync(direct.get(namespaces, { name: `never-${type}` }), { message: /not found/ })
  }
})

test.serial('a reply is lost: the request was carried out', async t => {
  const { one, direct, faults } = t.context
  await faults.inject({ methods: ['POST'], action: { type: 'lose-reply' } })
  const error = await t.throwsAsync(one.create(namespaces, draft('lost')), { instanceOf: ApiError })
  t.is(error?.reason, 'Unreachable')
  t.is((await direct.get(namespaces, { name: 'lost' })).metadata.name, 'lost')
})

test.serial('a watch that is under way stalls, and stays silent afterwards; others go on', async t => {
  const { one, two, direct, faults } = t.context
  const [stalled, other] = [await Seen.start(t, one), await Seen.start(t, two)]
  await faults.inject({ from: ['one'], action: { type: 'stall' } })
  await direct.create(namespaces, draft('unseen'))
  await eventually(() => other.names.includes('unseen'), 5_000)
  await faults.heal()
  await direct.create(namespaces, draft('unseen-too'))
  await eventually(() => other.names.includes('unseen-too'), 5_000)
  t.false(stalled.names.some(name => name.startsWith('unseen')))
  t.like(stalled, { error: undefined, ended: false })
})

test.serial('a new watch stalls', async t => {
  const { one, two, direct, faults } = t.context
  const other = await Seen.start(t, two)
  await faults.inject({ from: ['one'], path: 'watch=true', action: { type: 'stall' } })
  const seen: string[] = []
  const subscription = one
    .watch(namespaces, { resourceVersion: (await direct.list(namespaces)).resourceVersion, timeoutSeconds: 60 })
    .subscribe(({ type }) => seen.push(type))
  await eventually(() => t.context.proxy.hits[0] === 1, 5_000)
  await direct.create(namespaces, draft('unheard'))
  await eventually(() => other.names.includes('unheard'), 5_000)
  t.deepEqual(seen, [])
  subscription.unsubscribe()
})

test.serial('a watch lags: in order, and late', async t => {
  const { one, direct, faults } = t.context
  const seen = await Seen.start(t, one)
  await faults.inject({ action: { type: 'lag', ms: 500 } })
  const began = performance.now()
  for (const name of ['lag-a', 'lag-b', 'lag-c']) await direct.create(namespaces, draft(name))
  await eventually(() => seen.names.length > 0, 5_000)
  t.true(performance.now() - began >= 499)
  await eventually(() => seen.names.length === 3, 5_000)
  t.deepEqual(seen.names, ['lag-a', 'lag-b', 'lag-c'])
})

test.serial('a watch breaks off in the middle of a line', async t => {
  const { one, direct, faults } = t.context
  const seen = await Seen.start(t, one)
  await faults.inject({ action: { type: 'truncate' } })
  await direct.create(namespaces, draft('half'))
  await eventually(() => seen.error !== undefined, 5_000)
  t.is(seen.error?.reason, 'Unreachable')
  t.deepEqual(seen.names, [])
})

test.serial('a watch ends with the notice that its place is too old', async t => {
  const { one, faults } = t.context
  const seen = await Seen.start(t, one)
  await faults.inject({ action: { type: 'expire' }, times: 1 })
  await eventually(() => seen.error !== undefined, 5_000)
  t.like(seen.error, { status: 410, reason: 'Expired' })
})

test.serial('connections are closed, of one manager or of all', async t => {
  const { one, two, faults } = t.context
  const [first, second] = [await Seen.start(t, one), await Seen.start(t, two)]
  await faults.disconnect('one')
  await eventually(() => first.error !== undefined, 5_000)
  await pass(50)
  t.is(second.error, undefined)
  await faults.disconnect()
  await eventually(() => second.error !== undefined, 5_000)
  await one.get(namespaces, known)
})

test.serial('the API server is away, and back', async t => {
  const { one, faults } = t.context
  const seen = await Seen.start(t, one)
  await faults.goAway()
  await eventually(() => seen.error !== undefined, 5_000)
  await t.throwsAsync(one.get(namespaces, known), { message: /ECONNREFUSED/ })
  await faults.comeBack()
  await one.get(namespaces, known)
})

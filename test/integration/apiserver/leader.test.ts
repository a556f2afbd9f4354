import { Subject, type Subscription, throwError } from 'rxjs'
import type { KubeClient } from '../../../src/kube/client.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { leases } from '../../../src/kube/resources.ts'
import { electLeader } from '../../../src/leader/elect.ts'
import { monotonic } from '../../../src/streams/time.ts'
import { eventually, testWithApiServer } from './support.ts'

const test = testWithApiServer()

const namespace = 'fairlead-system'

/** A client whose network the test can cut: nothing gets through, in either direction. */
function cuttable(client: KubeClient) {
  let isCut = false
  const unreachable = () => new ApiError(0, 'Unreachable', 'cut')
  const through = async <T>(act: () => Promise<T>): Promise<T> => {
    if (isCut) throw unreachable()
    const result = await act()
    if (isCut) throw unreachable()
    return result
  }
  const cut: KubeClient = {
    ...client,
    get: (resource, ref) => through(() => client.get(resource, ref)),
    create: (resource, object) => through(() => client.create(resource, object)),
    update: (resource, object) => through(() => client.update(resource, object)),
    watch: (resource, options) => (isCut ? throwError(unreachable) : client.watch(resource, options)),
  }
  return {
    client: cut,
    cut: () => {
      isCut = true
    },
  }
}

interface Elector {
  readonly stop: Subject<void>
  readonly subscription: Subscription
  /** When it began and when it stopped to lead, in monotonic milliseconds. */
  readonly changes: { readonly at: number; readonly leads: boolean }[]
  readonly leads: () => boolean
  hasCompleted: boolean
}

function elector(client: KubeClient, name: string, identity: string): Elector {
  const changes: Elector['changes'] = []
  const stop = new Subject<void>()
  const one: Elector = {
    stop,
    changes,
    leads: () => changes.at(-1)?.leads ?? false,
    hasCompleted: false,
    subscription: electLeader(client, {
      lease: { namespace, name },
      identity,
      scheduler: monotonic,
      clock: () => new Date(),
      stop,
      report: () => undefined,
    }).subscribe({
      next: leads => changes.push({ at: performance.now(), leads }),
      complete: () => {
        one.hasCompleted = true
      },
    }),
  }
  return one
}

async function two(client: KubeClient, otherClient: KubeClient, name: string) {
  const one = elector(client, name, 'one')
  await eventually(one.leads, 10_000)
  const other = elector(otherClient, name, 'other')
  return { one, other }
}

test('a clean stop hands over within a second, and the Lease says who leads', async t => {
  const { client } = t.context
  const { one, other } = await two(client, client, 'clean')
  await new Promise(resolve => setTimeout(resolve, 3_000))
  t.true(one.leads())
  t.false(other.leads())
  const stoppedAt = performance.now()
  one.stop.next()
  await eventually(() => one.hasCompleted && other.leads(), 10_000)
  t.true((other.changes.at(-1)?.at ?? Number.POSITIVE_INFINITY) - stoppedAt < 1_000)
  const { spec } = await client.get(leases, { namespace, name: 'clean' })
  t.like(spec, { holderIdentity: 'other', leaseTransitions: 1, leaseDurationSeconds: 15 })
  other.stop.next()
  await eventually(() => other.hasCompleted, 5_000)
})

test('after a crash the other leads when the Lease has run out, not before', async t => {
  const { client } = t.context
  const { one, other } = await two(client, client, 'crash')
  const crashedAt = performance.now()
  one.subscription.unsubscribe()
  await eventually(other.leads, 30_000)
  const waited = (other.changes.at(-1)?.at ?? 0) - crashedAt
  t.true(waited > 14_000 && waited < 19_000, `${waited} ms`)
  other.subscription.unsubscribe()
})

test('cut off, a leader stops leading before the other leads', async t => {
  const { client } = t.context
  const network = cuttable(client)
  const { one, other } = await two(network.client, client, 'partition')
  await new Promise(resolve => setTimeout(resolve, 1_000))
  network.cut()
  await eventually(() => !one.leads(), 30_000)
  t.false(other.leads())
  await eventually(other.leads, 30_000)
  t.false(one.leads())
  const [lost = 0, won = 0] = [one, other].map(({ changes }) => changes.at(-1)?.at)
  t.true(won - lost > 3_000, `${won - lost} ms`)
  one.subscription.unsubscribe()
  other.subscription.unsubscribe()
})

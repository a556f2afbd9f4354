import type { Logger } from 'pino'
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  ignoreElements,
  map,
  type Observable,
  of,
  type SchedulerLike,
  tap,
  timeout,
} from 'rxjs'
import type { Router } from '../bgp/router.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { find } from '../kube/find.ts'
import { ownerOf } from '../kube/objects.ts'
import { daemonSets, namespaces, nodes, pods } from '../kube/resources.ts'
import { type Circumstances, type Departure, departure } from './departure.ts'
import type { SpeakerLease } from './lease.ts'
import { takeBack } from './takeback.ts'

/** Milliseconds to learn why, and to act on it: a Pod that ends is killed in the end, whatever it still waits for. */
const DEADLINE_MS = { ask: 2_000, act: 2_000 }

export interface DepartParts {
  readonly client: KubeClient
  readonly router: Router
  readonly lease: Pick<SpeakerLease, 'delete'>
  readonly options: { readonly namespace: string; readonly podName?: string; readonly nodeName: string }
  readonly scheduler: SchedulerLike
  readonly log: Logger
}

const told: { readonly [D in Departure]: string } = {
  stay: 'gobgpd goes on announcing',
  upgrade: 'a successor is to come: routers that restart gracefully keep the routes until then',
  leave: 'this speaker leaves: everything is withdrawn',
}

/** Leaves the router as the end of this process asks for. Completes within four seconds, and never errors. */
export function depart({ client, router, lease, options, scheduler, log }: DepartParts): Observable<never> {
  return defer(() => circumstances(client, options)).pipe(
    timeout({ first: DEADLINE_MS.ask, scheduler }),
    map(departure),
    catchError(err => {
      log.warn({ err }, 'it could not be learned why this ends')
      return of('stay' as const)
    }),
    tap(how => log.info({ departure: how }, told[how])),
    concatMap(how =>
      defer(() => act(how, { client, router, lease, options })).pipe(
        timeout({ first: DEADLINE_MS.act, scheduler }),
        catchError(err => {
          log.warn(
            { err },
            'not everything was left as it should be; what the router announces it withdraws when it ends',
          )
          return EMPTY
        }),
      ),
    ),
    ignoreElements(),
  )
}

async function circumstances(client: KubeClient, options: DepartParts['options']): Promise<Circumstances> {
  const { namespace, podName, nodeName } = options
  const pod = podName ? await find(client, pods, { namespace, name: podName }) : undefined
  const owner = pod && ownerOf(pod)
  if (pod?.metadata.deletionTimestamp === undefined || owner?.kind !== 'DaemonSet') {
    return { pod, daemonSet: undefined, namespace: undefined, node: undefined }
  }
  const [daemonSet, home, node] = await Promise.all([
    find(client, daemonSets, { namespace, name: owner.name }),
    find(client, namespaces, { name: namespace }),
    find(client, nodes, { name: nodeName }),
  ])
  return { pod, daemonSet, namespace: home, node }
}

async function act(
  how: Departure,
  { client, router, lease, options }: Pick<DepartParts, 'client' | 'router' | 'lease' | 'options'>,
): Promise<void> {
  if (how === 'stay') return
  if (how === 'upgrade') return router.stopGracefully()
  const { paths } = await router.read()
  if (paths.length > 0) await router.apply({ type: 'deletePaths', paths })
  try {
    await lease.delete()
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
  await takeBack(client, options.nodeName)
}

import type { ExecutionContext } from 'ava'
import { filter, lastValueFrom, take, takeUntil, timer, toArray } from 'rxjs'
import type { VirtualIP } from '../../../../../src/api/virtualip.ts'
import type { Draft, KubeClient, WatchNotice } from '../../../../../src/kube/client.ts'
import { ApiError } from '../../../../../src/kube/errors.ts'
import type { KubeObject, Service } from '../../../../../src/kube/objects.ts'
import type { ObjectRef, Resource } from '../../../../../src/kube/resources.ts'

/** What a case is played on: names that no other case uses. */
export interface Ground {
  readonly t: ExecutionContext
  readonly client: KubeClient
  readonly ref: Required<ObjectRef>
  /** IPv4; also the name of its VirtualIP. */
  readonly address: string
}

/** By title, what holds of an API server. */
export type Cases = Readonly<Record<string, (ground: Ground) => Promise<void>>>

export const groundOf = (t: ExecutionContext, client: KubeClient, n: number): Ground => ({
  t,
  client,
  ref: { namespace: 'default', name: `contract-${n}` },
  address: `198.51.100.${n}`,
})

export const loadBalancer = ({ ref }: Ground, metadata = {}): Draft<Service> => ({
  metadata: { ...ref, ...metadata },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
})

export const virtualIP = ({ ref, address }: Ground): Draft<VirtualIP> => ({
  metadata: { name: address },
  spec: { address, eip: 'pool', protocol: 'bgp', services: [{ ...ref, uid: 'first' }] },
})

/** As one field manager or another. */
export const by = (fieldManager: string) => ({ fieldManager, subresource: 'status' }) as const

export const telling = (...ips: string[]) => ({
  loadBalancer: { ingress: ips.map(ip => ({ ip, ipMode: 'VIP' as const })) },
})

export const condition = (type: string, reason: string) =>
  ({ type, status: 'True', reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }) as const

export async function refused(
  { t }: Ground,
  request: Promise<unknown>,
  expected: { readonly status: number; readonly reason: string },
): Promise<void> {
  t.like(await t.throwsAsync(request, { instanceOf: ApiError }), expected)
}

export const conflict = { status: 409, reason: 'Conflict' } as const
export const notFound = { status: 404, reason: 'NotFound' } as const
export const invalid = { status: 422, reason: 'Invalid' } as const

export const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion)

/** The first notices of one object after a version, as kind and version; gives up after some seconds. */
export async function notices<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  about: { readonly ref: ObjectRef; readonly after: string; readonly count: number },
): Promise<readonly Exclude<WatchNotice<T>, { readonly type: 'bookmark' }>[]> {
  const { ref, after, count } = about
  const { namespace, name } = ref
  const selection = { ...(namespace !== undefined && { namespace }), fieldSelector: `metadata.name=${name}` }
  const watch = client.watch(resource, { ...selection, resourceVersion: after, timeoutSeconds: 20 })
  const told = watch.pipe(
    filter(notice => notice.type !== 'bookmark'),
    take(count),
    takeUntil(timer(15_000)),
    toArray(),
  )
  return lastValueFrom(told)
}

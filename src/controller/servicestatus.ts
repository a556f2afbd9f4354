import { conditionPrefix, conditionTypes, controllerFieldManager } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Condition, LoadBalancerIngress, Service } from '../kube/objects.ts'
import { keyOf, services } from '../kube/resources.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import type { Happening } from '../status/events.ts'
import { Reporter, thisVersion, type Writing } from '../status/reporter.ts'

/** What we write on a Service. Absent ingress: not ours to say. */
interface Told {
  readonly ingress?: readonly LoadBalancerIngress[]
  readonly findings: readonly Finding[]
}

/**
 * Keeps our part of the Services' status as found, and tells an event when what is said of the allocation changes,
 * or somebody else uses an address of theirs.
 */
export class ServiceStatus {
  readonly #reporter: Reporter<Service, Told>
  /** By `namespace/name`, the version of the Service that was decided by. */
  readonly #decidedBy = new Map<string, string>()

  constructor(client: KubeClient, tell: (happening: Happening) => void, writing: Writing) {
    this.#reporter = new Reporter<Service, Told>(client, writing, {
      resource: services,
      fieldManager: controllerFieldManager,
      read: service => ({
        ingress: service.status?.loadBalancer?.ingress ?? [],
        findings: findingsOf(ourConditions(service)),
      }),
      status: ({ ingress, findings }, before, now) => ({
        conditions: dated(findings, ourConditions(before), now),
        ...(ingress !== undefined && { loadBalancer: { ingress } }),
      }),
      // What is taken back is, on whichever version. An address that is not told yet is told on the one that it was decided by,
      // as the ledger names that one: on any other the address may have been taken back, or another controller be faster.
      version: (before, { ingress = [] }) => {
        const told = new Set(before.status?.loadBalancer?.ingress?.map(({ ip }) => ip))
        return ingress.every(({ ip }) => told.has(ip))
          ? thisVersion(before)
          : this.#decidedBy.get(keyOf(before.metadata))
      },
      invalidIfGone: true,
      written: (before, after) => {
        const happenings = [change(before, after, conditionTypes.allocated, 'Allocate'), newConflict(before, after)]
        for (const happening of happenings) if (happening !== undefined) tell(happening)
      },
    })
  }

  /** Wants this of a Service of ours. */
  write(service: Service, ingress: readonly LoadBalancerIngress[], findings: readonly Finding[]): void {
    this.#decidedBy.set(keyOf(service.metadata), thisVersion(service))
    this.#reporter.write(service.metadata, service, { ingress, findings })
  }

  /**
   * Takes back what we said on a Service that is not ours any more; one that never was is not touched. One that is on its way out
   * may be so for long, and what it tells is nobody else's until then: that goes as well, also where the ledger was lost.
   */
  takeBack(service: Service): void {
    if (ourConditions(service).length === 0) return this.forget(service.metadata)
    const { deletionTimestamp } = service.metadata
    this.#reporter.write(service.metadata, service, { ...(deletionTimestamp && { ingress: [] }), findings: [] })
  }

  /** The Service is gone. */
  forget(ref: { readonly namespace?: string; readonly name: string }): void {
    this.#decidedBy.delete(keyOf(ref))
    this.#reporter.forget(ref)
  }

  /** Nothing further is written. */
  clear(): void {
    this.#decidedBy.clear()
    this.#reporter.clear()
  }
}

/** Somebody else has come to use an address of the Service. */
function newConflict(before: Service | undefined, after: Service): Happening | undefined {
  const happening = change(before, after, conditionTypes.announced, 'Announce')
  return happening?.reason === 'AddressConflict' ? { ...happening, type: 'Warning' } : undefined
}

/** What is said of one thing otherwise than before. */
function change(
  before: Service | undefined,
  after: Service,
  type: string,
  action: Happening['action'],
): Happening | undefined {
  const [was, is] = [condition(before, type), condition(after, type)]
  if (is === undefined || (was?.reason === is.reason && was.message === is.message)) return undefined
  const { name, namespace = '', uid } = after.metadata
  return {
    type: is.status === 'True' ? 'Normal' : 'Warning',
    reason: is.reason,
    action,
    note: is.message,
    regarding: { apiVersion: services.apiVersion, kind: services.kind, namespace, name, uid },
  }
}

function condition(service: Service | undefined, type: string): Condition | undefined {
  return service?.status?.conditions?.find(each => each.type === type)
}

export function ourConditions(service: Service | undefined): readonly Condition[] {
  return service?.status?.conditions?.filter(({ type }) => type.startsWith(conditionPrefix)) ?? []
}

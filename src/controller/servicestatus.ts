import { conditionPrefix, conditionTypes, controllerFieldManager } from '../api/names.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Condition, LoadBalancerIngress, Service } from '../kube/objects.ts'
import { services } from '../kube/resources.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import type { Happening } from '../status/events.ts'
import { createWriter, type Writer, type WriterOptions } from '../status/writer.ts'
import { serviceKey } from '../watch/snapshot.ts'

/** What we write on a Service. Absent ingress: not ours to say. */
interface Told {
  readonly ingress?: readonly LoadBalancerIngress[]
  readonly findings: readonly Finding[]
}

type Shared = Omit<WriterOptions<unknown>, 'send'>

/** Keeps our part of the Services' status as found, and tells an event when what is said of the allocation changes. */
export class ServiceStatus {
  readonly #client: KubeClient
  readonly #tell: (happening: Happening) => void
  readonly #writer: Writer<Told>
  readonly #seen = new Map<string, Service>()

  constructor(client: KubeClient, tell: (happening: Happening) => void, shared: Shared) {
    this.#client = client
    this.#tell = tell
    this.#writer = createWriter({ ...shared, send: (key, told) => this.#send(key, told) })
  }

  /** Wants this of a Service of ours. */
  write(service: Service, ingress: readonly LoadBalancerIngress[], findings: readonly Finding[]): void {
    this.#observe(service)
    this.#writer.write(serviceKey(service.metadata), { ingress, findings })
  }

  /** Takes back what we said on a Service that is not ours any more; one that never was is not touched. */
  takeBack(service: Service): void {
    const key = serviceKey(service.metadata)
    if (ourConditions(service).length === 0) return this.forget(key)
    this.#observe(service)
    this.#writer.write(key, { findings: [] })
  }

  /** The Service is gone. */
  forget(key: string): void {
    this.#seen.delete(key)
    this.#writer.forget(key)
  }

  clear(): void {
    this.#seen.clear()
    this.#writer.clear()
  }

  #observe(service: Service): void {
    const key = serviceKey(service.metadata)
    if (!this.#seen.has(key)) this.#seen.set(key, service)
    const findings = findingsOf(ourConditions(service))
    const { ingress = [] } = service.status?.loadBalancer ?? {}
    this.#writer.observe(key, { ingress, findings }, service.metadata.resourceVersion)
  }

  async #send(key: string, { ingress, findings }: Told): Promise<Service> {
    const [namespace = '', name = ''] = key.split('/')
    const before = ourConditions(this.#seen.get(key))
    const conditions = dated(findings, before, new Date())
    const after = await this.#client.apply(
      services,
      { namespace, name },
      { status: { conditions, ...(ingress !== undefined && { loadBalancer: { ingress } }) } },
      { fieldManager: controllerFieldManager, subresource: 'status' },
    )
    this.#seen.set(key, after)
    this.#tellChange(after, find(before, conditionTypes.allocated), find(conditions, conditionTypes.allocated))
    return after
  }

  #tellChange({ metadata }: Service, before: Condition | undefined, now: Condition | undefined): void {
    if (now === undefined || (before?.reason === now.reason && before.message === now.message)) return
    const { name, namespace = '', uid } = metadata
    this.#tell({
      type: now.status === 'True' ? 'Normal' : 'Warning',
      reason: now.reason,
      action: 'Allocate',
      note: now.message,
      regarding: { apiVersion: services.apiVersion, kind: services.kind, namespace, name, uid },
    })
  }
}

function ourConditions(service: Service | undefined): readonly Condition[] {
  return service?.status?.conditions?.filter(({ type }) => type.startsWith(conditionPrefix)) ?? []
}

function find(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find(condition => condition.type === type)
}

import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Announcement } from '../desired/announcement.ts'
import type { KubeClient } from '../kube/client.ts'
import { virtualIPs } from '../kube/resources.ts'
import { dated, type Finding, findingsOf, time } from '../status/conditions.ts'
import { createWriter, type Writer, type WriterOptions } from '../status/writer.ts'

/** What we write on a VirtualIP. */
interface Told {
  readonly announcedBy: string
  readonly findings: readonly Finding[]
}

/** Keeps the VirtualIPs' status: who announces, since when, or why nobody does. */
export class VirtualIPStatus {
  readonly #client: KubeClient
  readonly #writer: Writer<Told>
  readonly #seen = new Map<string, VirtualIP>()

  constructor(client: KubeClient, shared: Omit<WriterOptions<unknown>, 'send'>) {
    this.#client = client
    this.#writer = createWriter({ ...shared, send: (name, told) => this.#send(name, told) })
  }

  /** @param virtualIP as last seen; absent for one that no watch has shown yet */
  write(name: string, virtualIP: VirtualIP | undefined, { announced, reason, message, by }: Announcement): void {
    if (virtualIP !== undefined) this.#observe(name, virtualIP)
    const finding: Finding = { type: conditionTypes.announced, status: announced ? 'True' : 'False', reason, message }
    this.#writer.write(name, { announcedBy: by, findings: [finding] })
  }

  forget(name: string): void {
    this.#seen.delete(name)
    this.#writer.forget(name)
  }

  clear(): void {
    this.#seen.clear()
    this.#writer.clear()
  }

  #observe(name: string, virtualIP: VirtualIP): void {
    if (this.#seen.get(name)?.metadata.uid !== virtualIP.metadata.uid) this.#seen.set(name, virtualIP)
    const { announcedBy = '', conditions } = virtualIP.status ?? {}
    const known = { announcedBy, findings: findingsOf(conditions) }
    this.#writer.observe(name, known, virtualIP.metadata.resourceVersion)
  }

  async #send(name: string, { announcedBy, findings }: Told): Promise<VirtualIP> {
    const now = new Date()
    const before = this.#seen.get(name)?.status
    const conditions = dated(findings, before?.conditions ?? [], now)
    const same = before?.announcedBy === announcedBy && before.since !== undefined
    const since = same ? before.since : time(now)
    const after = await this.#client.apply(
      virtualIPs,
      { name },
      { status: { conditions, ...(announcedBy !== '' && { announcedBy, since }) } },
      { fieldManager: controllerFieldManager, subresource: 'status' },
    )
    this.#seen.set(name, after)
    return after
  }
}

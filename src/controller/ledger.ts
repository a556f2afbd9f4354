import { apiVersion } from '../api/names.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Allocator } from '../ipam/allocator.ts'
import type { Entry } from '../ipam/entry.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { find } from '../kube/find.ts'
import { keyOf, refOf, virtualIPs } from '../kube/resources.ts'
import { objectName, parseAddress } from '../net/address.ts'
import type { Holds } from './holds.ts'

/**
 * The ledger at the API server. Creating a VirtualIP gives an address, and the API server's check of names makes that
 * exclusive, whatever leaders, pauses or lost replies there are. The allocator is its image: an entry is recorded there before it
 * is asked for, so that no other decision takes the address meanwhile, and forgotten when it is known not to be.
 */
export class Ledger {
  readonly #client: KubeClient
  readonly #allocator: Allocator
  readonly #holds: Holds
  readonly #usageChanged: (eip: string) => void
  /** UIDs of objects we deleted: a watch that lags behind may still tell of them as if they were there. */
  readonly #deleted = new Set<string>()

  /** @param usageChanged told of each Eip of which more or less is in use */
  constructor(client: KubeClient, allocator: Allocator, holds: Holds, usageChanged: (eip: string) => void) {
    this.#client = client
    this.#allocator = allocator
    this.#holds = holds
    this.#usageChanged = usageChanged
  }

  /** Takes up what the watch saw. */
  seen(virtualIP: VirtualIP): void {
    if (!this.#deleted.has(virtualIP.metadata.uid)) this.#record(entryOf(virtualIP))
  }

  /** Takes up that the watch saw it go. Returns the entry that was freed by it. */
  gone(virtualIP: VirtualIP): Entry | undefined {
    const { uid } = virtualIP.metadata
    this.#deleted.delete(uid)
    const { address } = virtualIP.spec
    return this.#allocator.at(address)?.uid === uid ? this.#forget(address) : undefined
  }

  /**
   * Gives an address. Resolves to false if someone else has it, of whom the allocator then knows. Rejects with an
   * ApiError; should the request have been carried out all the same, the watch tells, or the next attempt finds it.
   */
  async give(entry: Entry): Promise<boolean> {
    this.#record(entry)
    const at = this.#holds.now()
    try {
      const given = entryOf(await this.#client.create(virtualIPs, draft(entry)))
      this.#record(given)
      this.#holds.given(given, at)
      return true
    } catch (error) {
      // The watch may have shown it meanwhile, and does not tell twice.
      if (this.#allocator.at(entry.address)?.uid === undefined) this.#forget(entry.address)
      if (!isApiError(error, 'AlreadyExists') && !isApiError(error, 'Unreachable')) throw error
      const found = await find(this.#client, virtualIPs, { name: nameOf(entry) })
      if (found === undefined) throw error
      this.seen(found)
      return serves(found, entry)
    }
  }

  /** Brings the object of an address that is kept to what it should read. Rejects with an ApiError. */
  async amend(entry: Entry): Promise<void> {
    const ref = { name: nameOf(entry) }
    const { eip, protocol, services, held = null } = entry
    const metadata = { uid: entry.uid ?? null }
    const spec = { eip, protocol, services, held }
    this.#record(entryOf(await this.#client.mergePatch(virtualIPs, ref, { metadata, spec })))
  }

  /**
   * Takes an address back from a Service; the last one that has it frees it, unless a speaker may still announce it: it is
   * then held, until it is taken back once more. Returns what has become of it. Rejects with an ApiError, or with
   * SpeakersUnknown.
   */
  async release(entry: Entry, key: string): Promise<'free' | 'held' | 'shared'> {
    const others = entry.services.filter(service => keyOf(service) !== key)
    if (others.length > 0) {
      await this.amend({ ...entry, services: others })
      return 'shared'
    }
    const nodes = this.#holds.waitedFor(entry)
    if (nodes.length > 0) {
      const { namespace = '', name } = refOf(key)
      if (entry.held === undefined)
        await this.amend({ ...entry, services: [], held: { for: { namespace, name }, nodes } })
      return 'held'
    }
    const { uid } = entry
    try {
      await this.#client.delete(virtualIPs, { name: nameOf(entry) }, uid === undefined ? {} : { uid })
    } catch (error) {
      if (!isApiError(error, 'NotFound') && !(isApiError(error, 'Conflict') && (await this.#isReplaced(entry)))) {
        throw error
      }
    }
    if (uid !== undefined) this.#deleted.add(uid)
    if (this.#allocator.at(entry.address)?.uid === uid) this.#forget(entry.address)
    return 'free'
  }

  /** Whether its object has gone, whoever has the address now: a conflict alone may be one with any write. */
  async #isReplaced(entry: Entry): Promise<boolean> {
    const found = await find(this.#client, virtualIPs, { name: nameOf(entry) })
    return found?.metadata.uid !== entry.uid
  }

  #record(entry: Entry): void {
    this.#allocator.record(entry)
    this.#holds.record(entry)
    this.#usageChanged(entry.eip)
  }

  #forget(address: string): Entry | undefined {
    const entry = this.#allocator.forget(address)
    if (entry !== undefined) {
      this.#holds.forget(entry)
      this.#usageChanged(entry.eip)
    }
    return entry
  }
}

function entryOf({ metadata: { uid }, spec }: VirtualIP): Entry {
  const { address, eip, protocol, services, held } = spec
  return { address, eip, protocol, services, uid, ...(held && { held }) }
}

function draft(entry: Entry) {
  const { address, eip, protocol, services } = entry
  return {
    apiVersion,
    kind: virtualIPs.kind,
    metadata: { name: nameOf(entry) },
    spec: { address, eip, protocol, services },
  }
}

/** The name of the VirtualIP of an entry. */
export function nameOf({ address }: Entry): string {
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new TypeError(`${address} is in the ledger and no address`)
  return objectName(parsed)
}

function serves({ spec }: VirtualIP, { services }: Entry): boolean {
  return services.every(({ uid }) => spec.services.some(service => service.uid === uid))
}

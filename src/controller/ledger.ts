import { isDeepStrictEqual } from 'node:util'
import { apiVersion } from '../api/names.ts'
import type { VirtualIP } from '../api/virtualip.ts'
import type { Allocator } from '../ipam/allocator.ts'
import { type Entry, holders, without } from '../ipam/entry.ts'
import type { KubeClient } from '../kube/client.ts'
import { isApiError } from '../kube/errors.ts'
import { find } from '../kube/find.ts'
import { keyOf, virtualIPs } from '../kube/resources.ts'
import { isOlder } from '../kube/versions.ts'
import { objectNameOf } from '../net/address.ts'
import type { Holds } from './holds.ts'

/** What becomes of an address that a Service has left: others may have it, or still do, or it is reserved. */
export type Released = 'free' | 'held' | 'kept'

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
  /** By the UID of objects that no watch has shown yet, their addresses. */
  readonly #unshown = new Map<string, string>()
  /** By address, what is asked for. Until it is known to be so, whoever shares the address waits, and nobody is told it. */
  readonly #asking = new Map<string, Promise<boolean>>()

  /** @param usageChanged told of each Eip of which more or less is in use */
  constructor(client: KubeClient, allocator: Allocator, holds: Holds, usageChanged: (eip: string) => void) {
    this.#client = client
    this.#allocator = allocator
    this.#holds = holds
    this.#usageChanged = usageChanged
  }

  /** Takes up what the watch saw. */
  shown(virtualIP: VirtualIP): void {
    this.seen(virtualIP)
    this.#unshown.delete(virtualIP.metadata.uid)
  }

  /**
   * Takes up that the watch has seen everything up to a version. What it did not show until then, as it was behind or
   * listed anew, is gone. Returns the entries that were freed by it.
   */
  shownUpTo(version: string, virtualIPs: Pick<ReadonlyMap<string, VirtualIP>, 'get'>): readonly Entry[] {
    return [...this.#unshown].flatMap(([uid, address]) => {
      const known = this.#allocator.at(address)
      const isKnown = known?.uid === uid && virtualIPs.get(objectNameOf(address))?.metadata.uid !== uid
      if (isKnown && isOlder(version, known.version ?? version)) return []
      this.#unshown.delete(uid)
      return isKnown ? (this.#forget(address) ?? []) : []
    })
  }

  /** Takes up what somebody has read. */
  seen(virtualIP: VirtualIP): void {
    const { uid, resourceVersion } = virtualIP.metadata
    const known = this.#allocator.at(virtualIP.spec.address)
    if (this.#deleted.has(uid)) return
    // The very version that is known tells nothing new, and knows nothing of who is joining meanwhile.
    if (known?.uid === uid && known.version !== undefined && !isOlder(known.version, resourceVersion)) return
    this.#record(entryOf(virtualIP))
  }

  /** Takes up that the watch saw it go. Returns the entry that was freed by it. */
  gone(virtualIP: VirtualIP): Entry | undefined {
    const { uid } = virtualIP.metadata
    this.#deleted.delete(uid)
    this.#unshown.delete(uid)
    const { address } = virtualIP.spec
    return this.#allocator.at(address)?.uid === uid ? this.#forget(address) : undefined
  }

  /**
   * Gives an address, or brings the object of one that is given to what it should read: the very version of it that the
   * entry was made from. Resolves to false if somebody else was faster, of whom the allocator then knows. Rejects with an
   * ApiError; should the request have been carried out all the same, the watch tells, or the next attempt finds it.
   */
  async give(entry: Entry): Promise<boolean> {
    if (this.#asking.has(entry.address)) {
      await this.#asking.get(entry.address)?.catch(() => undefined)
      return false
    }
    const asking = entry.version === undefined ? this.#create(entry) : this.#amend(entry)
    this.#asking.set(entry.address, asking)
    return asking.finally(() => this.#asking.delete(entry.address))
  }

  /** Settles when what is asked for an address now is known to be so or not: until then the allocator has what may not come. */
  asking(address: string): Promise<unknown> | undefined {
    return this.#asking.get(address)
  }

  /**
   * Takes an address back from a Service; the last one that has it frees it, unless a speaker may still announce it: it is
   * then held, until it is taken back once more. Returns what has become of it. Rejects with an ApiError, or with
   * SpeakersUnknown.
   */
  async release(entry: Entry, key: string): Promise<Released> {
    let now = entry
    for (;;) {
      const left = without(now, key, this.#holds.waitedFor(now))
      try {
        if (left === undefined) await this.#delete(now)
        else if (left !== now) this.#answered(await this.#write(left))
        if (left === undefined) return 'free'
        return left.held === undefined ? 'kept' : 'held'
      } catch (error) {
        if (!isApiError(error, 'Conflict')) throw error
        const found = await this.#changed(now, error)
        if (found === undefined || found.metadata.uid !== now.uid) {
          this.#deletedByNow(now)
          return 'free'
        }
        // It was given, or confirmed, to the Service as that is now: by whoever did it need not be taken back.
        const named = refOf(found.spec, key)
        if (named !== undefined && !isDeepStrictEqual(named, refOf(now, key))) throw error
        now = entryOf(found)
      }
    }
  }

  async #create(entry: Entry): Promise<boolean> {
    const asked = this.#ask(entry)
    const at = this.#holds.now()
    try {
      const given = await this.#client.create(virtualIPs, draft(entry))
      if (!this.#answered(given)) return false
      this.#holds.given(entryOf(given), at)
      return true
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists') && !isApiError(error, 'Unreachable')) throw error
      const found = await find(this.#client, virtualIPs, { name: objectNameOf(entry.address) })
      if (found === undefined) throw error
      return this.#answered(found) && serves(found, entry)
    } finally {
      if (this.#allocator.at(entry.address) === asked) this.#forget(entry.address)
    }
  }

  async #amend(entry: Entry): Promise<boolean> {
    const before = this.#allocator.at(entry.address)
    const asked = this.#ask(entry)
    try {
      return this.#answered(await this.#write(entry))
    } catch (error) {
      if (!isApiError(error, 'Conflict') && !isApiError(error, 'Unreachable')) throw error
      const found = await this.#changed(entry, error)
      if (found === undefined) throw error
      return serves(found, entry)
    } finally {
      if (before !== undefined && this.#allocator.at(entry.address) === asked) this.#record(before)
    }
  }

  #write(entry: Entry): Promise<VirtualIP> {
    const { uid = '', version = '', eip, protocol, services, held = null, reserved = null } = entry
    const spec = { eip, protocol, services, held, reserved }
    const patch = { metadata: { uid, resourceVersion: version }, spec }
    return this.#client.mergePatch(virtualIPs, { name: objectNameOf(entry.address) }, patch)
  }

  async #delete(entry: Entry): Promise<void> {
    const { uid, version } = entry
    const preconditions = {
      ...(uid !== undefined && { uid }),
      ...(version !== undefined && { resourceVersion: version }),
    }
    try {
      await this.#client.delete(virtualIPs, { name: objectNameOf(entry.address) }, preconditions)
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
    this.#deletedByNow(entry)
  }

  #deletedByNow({ uid, address }: Entry): void {
    if (uid !== undefined) this.#deleted.add(uid)
    if (this.#allocator.at(address)?.uid === uid) this.#forget(address)
  }

  /**
   * Takes up what an object that we did not find as we knew it is now; undefined if it is gone. Rejects with the error
   * if it is as we knew it: then nothing was changed.
   */
  async #changed(entry: Entry, error: unknown): Promise<VirtualIP | undefined> {
    const found = await find(this.#client, virtualIPs, { name: objectNameOf(entry.address) })
    if (found !== undefined) {
      if (found.metadata.uid === entry.uid && found.metadata.resourceVersion === entry.version) throw error
      this.#answered(found)
    }
    return found
  }

  /**
   * Records what is about to be asked for. Whoever asked takes it back at the end if it is still what the allocator has:
   * otherwise the reply, or the watch, which does not tell twice, has told what is there.
   */
  #ask(entry: Entry): Entry | undefined {
    this.#record(entry)
    return this.#allocator.at(entry.address)
  }

  /**
   * Takes up what the API server answered; returns false if the watch was faster, and has shown that it is gone, or what came
   * after it.
   */
  #answered(virtualIP: VirtualIP): boolean {
    const { uid, resourceVersion } = virtualIP.metadata
    const known = this.#allocator.at(virtualIP.spec.address)
    const isAnother = known?.uid !== uid && known?.version !== undefined
    if (known === undefined || (isAnother && isOlder(resourceVersion, known.version))) return false
    this.seen(virtualIP)
    return true
  }

  #record(entry: Entry): void {
    const before = this.#allocator.at(entry.address)
    this.#allocator.record(entry)
    this.#holds.record(entry)
    if (entry.uid !== undefined && entry.uid !== before?.uid) this.#unshown.set(entry.uid, entry.address)
    // Most that a watch shows of an object is a status, which is nobody's use.
    if (before?.eip === entry.eip && holders(before) === holders(entry)) return
    this.#usageChanged(entry.eip)
    if (before !== undefined && before.eip !== entry.eip) this.#usageChanged(before.eip)
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

function entryOf({ metadata: { uid, resourceVersion: version, generation }, spec }: VirtualIP): Entry {
  return { ...spec, uid, version, ...(generation !== undefined && { generation }) }
}

function draft(entry: Entry) {
  const { address, eip, protocol, services, reserved } = entry
  return {
    apiVersion,
    kind: virtualIPs.kind,
    metadata: { name: objectNameOf(entry.address) },
    spec: { address, eip, protocol, services, ...(reserved && { reserved }) },
  }
}

/** Whether it names all that the entry names, and on the same versions. */
function serves({ spec }: VirtualIP, { services }: Entry): boolean {
  return services.every(ref => isDeepStrictEqual(refOf(spec, keyOf(ref)), ref))
}

const refOf = ({ services }: Pick<Entry, 'services'>, key: string) => services.find(ref => keyOf(ref) === key)

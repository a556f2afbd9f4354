import type { Eip } from '../api/eip.ts'
import { type Address } from '../net/address.ts'
import { commonRanges } from '../net/range.ts'
import { EipPool } from './eippool.ts'

/**
 * The Eips by name. Where several have an address, it is given out of the oldest of those that give any: two that
 * were created at the same time cannot be kept from overlapping.
 */
export class Eips {
  readonly #pools = new Map<string, EipPool>()
  readonly #isUsed: (address: Address) => boolean

  constructor(isUsed: (address: Address) => boolean) {
    this.#isUsed = isUsed
  }

  get(name: string): EipPool | undefined {
    return this.#pools.get(name)
  }

  all(): Iterable<EipPool> {
    return this.#pools.values()
  }

  /** Adds or replaces an Eip. Returns the names of those of which other decisions can come now: also of others that overlap. */
  set(eip: Eip): readonly string[] {
    const before = this.#pools.get(eip.metadata.name)
    const after = this.#pool(eip)
    if (before?.sameAs(after) === true) return []
    this.#pools.set(after.name, after)
    return [after.name, ...this.#lookAtOthers(before, after)]
  }

  /** Returns the same; nothing if there was none of this name. */
  delete(name: string): readonly string[] {
    const before = this.#pools.get(name)
    if (before === undefined) return []
    this.#pools.delete(name)
    return [name, ...this.#lookAtOthers(before)]
  }

  #lookAtOthers(...changed: readonly (EipPool | undefined)[]): readonly string[] {
    const ranges = changed.flatMap(pool => pool?.ranges ?? [])
    const names: string[] = []
    for (const other of this.#pools.values()) {
      if (changed.some(pool => pool?.name === other.name) || commonRanges(other.ranges, ranges).length === 0) continue
      const now = this.#pool(other.eip)
      if (now.sameAs(other)) continue
      this.#pools.set(now.name, now)
      names.push(now.name)
    }
    return names
  }

  #pool(eip: Eip): EipPool {
    const pool = new EipPool(eip, this.#isUsed)
    if (!pool.gives) return pool
    const older = [...this.#pools.values()].filter(other => other.gives && isOlder(other.eip, eip)).sort(byAge)
    return older.length === 0 ? pool : new EipPool(eip, this.#isUsed, older)
  }
}

const byAge = ({ eip: a }: EipPool, { eip: b }: EipPool): number => (isOlder(a, b) ? -1 : 1)

/** Times are in whole seconds: of the same second it is the UID that decides. */
function isOlder({ metadata: a }: Eip, { metadata: b }: Eip): boolean {
  if (a.name === b.name) return false
  return a.creationTimestamp === b.creationTimestamp ? a.uid < b.uid : a.creationTimestamp < b.creationTimestamp
}

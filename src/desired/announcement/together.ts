import { few } from '../../ipam/failure.ts'
import type { Announcement } from './announcement.ts'

/**
 * What is to be said of an address by what is to be said of each Service that has it, by `namespace/name`: it is announced
 * as soon as for one of them. Of several, as share it, each is named.
 */
export function together(each: ReadonlyMap<string, Announcement>): Announcement {
  const all = [...each.values()]
  const [first] = all
  if (first === undefined) throw new TypeError('nobody has the address')
  if (all.length === 1) return first
  const said = all.filter(({ announced }) => announced)
  const { by, ...one } = said[0] ?? first
  const message = few(
    [...each].map(([key, { message }]) => `${key}: ${message}`),
    ' ',
  )
  const nodes = new Set(said.flatMap(each => each.by?.split(',') ?? []))
  return { ...one, message, ...(by !== undefined && { by: [...nodes].sort().join(',') }) }
}

/** The controller with one rule taken out each: the simulation has to notice. */
import { Holds } from '../../../../src/controller/holds.ts'
import { Allocator } from '../../../../src/ipam/allocator.ts'
import { replace } from '../../replace.ts'

const { record } = Allocator.prototype
const { waitedFor } = Holds.prototype

export const mutants = {
  'a namespace has no more than its quota': () =>
    replace(Allocator.prototype, 'quotaLeft', () => Number.POSITIVE_INFINITY),
  'what is reserved is nobody else’s': () =>
    replace(Allocator.prototype, 'record', function (this: Allocator, { reserved, ...entry }) {
      return record.call(this, { ...entry, ...(reserved && entry.services.length > 0 && { reserved }) })
    }),
  'what is held is nobody else’s': () =>
    replace(Allocator.prototype, 'record', function (this: Allocator, { held: _, ...entry }) {
      return record.call(this, entry)
    }),
  'an address that a silent speaker may announce is held': () =>
    replace(Holds.prototype, 'waitedFor', function (this: Holds, entry) {
      return entry.held === undefined ? [] : waitedFor.call(this, entry)
    }),
  'a hold ends when its speakers are heard of': () =>
    replace(Holds.prototype, 'waitedFor', function (this: Holds, entry) {
      return entry.held === undefined ? waitedFor.call(this, entry) : []
    }),
} as const satisfies Record<string, () => () => void>

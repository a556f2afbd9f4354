import { applies } from './applies.ts'
import type { Cases } from './ground.ts'
import { watches } from './watches.ts'
import { writes } from './writes.ts'

/** What holds of a real API server, and so has to hold of one that stands for it. */
export const contract: Cases = { ...writes, ...applies, ...watches }

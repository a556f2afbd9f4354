/** What may go wrong, one class at a time. Each schedules what it does, between 3 s and 10 s, and mends it again. */
import { attacks } from './faults/attacks.ts'
import { network } from './faults/network.ts'
import { processes } from './faults/processes.ts'

export const faults = { ...processes, ...network, ...attacks }

export type FaultName = keyof typeof faults

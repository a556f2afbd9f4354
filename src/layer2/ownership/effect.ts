import type { Frame } from './frame.ts'

/** Why a VIP was taken or given up. */
export type Cause =
  /** Nobody had it before, or nobody who announced it. */
  | 'Vacant'
  /** Its owner is gone, deaf, unable or offers it. */
  | 'OwnerLost'
  /** Another has a higher claim. */
  | 'Outclaimed'
  /** Nobody took what was offered for a second, or the VIP is no more. */
  | 'Dropped'
  /** The cable was out, or this process stood still: others may have it by now. */
  | 'TimeLost'

export type Effect =
  /** To be broadcast. */
  | { readonly type: 'send'; readonly frame: Frame }
  /** From now on this node answers for the VIP, which it has known to be without an owner since `vacantAt` (milliseconds). */
  | {
      readonly type: 'own'
      readonly vip: string
      readonly epoch: number
      readonly cause: Cause
      readonly vacantAt: number
    }
  /** From now on it does not. */
  | { readonly type: 'yield'; readonly vip: string; readonly cause: Cause }

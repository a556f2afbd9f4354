/** Why a Service has not got the address it is to have; used again as the reason of its condition and event. */
export type FailureReason =
  /** Every address that it might have is in use. */
  | 'PoolExhausted'
  /** Its namespace has as many addresses of an Eip as that lets one have. */
  | 'QuotaExceeded'
  /** It names no Eip, and none that there is may serve it. */
  | 'NoMatchingEip'
  /** It names an Eip that does not exist. */
  | 'EipNotFound'
  | 'EipDisabled'
  | 'EipDeleting'
  /** The ranges of the Eip cannot be read. */
  | 'EipInvalid'
  /** The Eip is bound to other namespaces or to Services with other labels. */
  | 'EipRestricted'
  /** The Eip has no address of that family. */
  | 'EipLacksFamily'
  /** The address asked for is given to another Service, and not to be shared with it: the message says what is in the way. */
  | 'AddressInUse'
  /** The address asked for was taken back from another Service, and a speaker may still announce it. */
  | 'AddressHeld'
  /** The address asked for is kept for a Service of another name. */
  | 'AddressReserved'
  /** The address asked for is not one that the Eip, or any Eip, can give. */
  | 'AddressNotInEip'
  /** What is asked for is no address. */
  | 'AddressInvalid'
  /** The key to share an address by is none. */
  | 'SharingKeyInvalid'
  /** The protocol asked for does not exist. */
  | 'ProtocolInvalid'
  /** Two things that it asks for cannot both be. */
  | 'ConflictingRequest'

export interface AllocationFailure {
  readonly reason: FailureReason
  /** One line for people, without a full stop; names the field, the Eip or the address. */
  readonly message: string
}

/** For results that are either something or why not. */
export function isFailure(result: object): result is AllocationFailure {
  return 'reason' in result && 'message' in result
}

/** A list for a message, cut so that the message stays one line. */
export function few(items: readonly string[], separator: string): string {
  const shown = items.slice(0, 5)
  return items.length > shown.length
    ? [...shown, `and ${items.length - shown.length} more`].join(separator)
    : shown.join(separator)
}

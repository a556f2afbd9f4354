/** Bytes of an Ethernet address. */
export const MAC_LENGTH = 6

/** What all hosts of a segment receive. */
export const broadcastMac: Uint8Array = new Uint8Array(MAC_LENGTH).fill(0xff)

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower case, with colons: `02:00:5e:00:53:01`. */
export function macText(bytes: Uint8Array, offset = 0): string {
  let text = hex[bytes[offset] as number] as string
  for (let i = 1; i < MAC_LENGTH; i++) text += `:${hex[bytes[offset + i] as number]}`
  return text
}

/** @param text as `macText` writes it */
export const macBytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(':', ''), 'hex')

/** Whether one host can have it: no group, and not all zeros. */
export function isHostMac(bytes: Buffer, offset: number): boolean {
  return (bytes[offset] as number) % 2 === 0 && bytes.readUIntBE(offset, MAC_LENGTH) !== 0
}

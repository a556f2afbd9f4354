/** Frames that nobody should send. */
import type { Random } from '../../hack/storm/random.ts'

/** EtherTypes that Fairlead listens to: its own, ARP and IPv6. */
const etherTypes = [0x88b5, 0x0806, 0x86dd] as const

/** Each frame so many times with a few of its bytes changed, behind the EtherType. */
export const mutilated = (frames: readonly Buffer[], times: number, random: Random): readonly Buffer[] =>
  frames.flatMap(frame => Array.from({ length: times }, () => mutilate(frame, random)))

function mutilate(frame: Buffer, random: Random): Buffer {
  const copy = Buffer.from(frame)
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    copy[random.between(14, copy.length - 1)] = random.below(256)
  }
  return random.below(3) === 0 ? copy.subarray(0, random.between(14, copy.length - 1)) : copy
}

/** Noise behind the EtherTypes that are listened to, to everybody. */
export const noise = (count: number, random: Random): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => {
    const body = Buffer.from(Array.from({ length: random.below(1_400) }, () => random.below(256)))
    const header = Buffer.from('ffffffffffff0262010000060000', 'hex')
    header.writeUInt16BE(etherTypes[index % etherTypes.length] ?? 0, 12)
    return Buffer.concat([header, body])
  })

/** RFC 5880 as a BgpPeer spells it. */
import { z } from 'zod'
import { integer } from './schema.ts'

/** Milliseconds, as routers and MetalLB bound them. */
const interval = integer(10, 60_000)

export const bfd = z.object({
  enabled: z
    .boolean()
    .describe('Run BFD with this neighbour, which has to do the same. Default: false.')
    .exactOptional(),
  transmitInterval: interval
    .describe('Milliseconds between the packets that we send, whatever the neighbour asks for. Default: 100.')
    .exactOptional(),
  receiveInterval: interval
    .describe("Milliseconds between the neighbour's packets, at the shortest. Default: 100.")
    .exactOptional(),
  detectMultiplier: integer(2, 255)
    .describe('How many packets in a row are missed before the other side counts as gone. Default: 3.')
    .exactOptional(),
})

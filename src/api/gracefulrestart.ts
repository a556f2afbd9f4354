/** RFC 4724 as BgpConf and BgpPeer spell it. */
import { z } from 'zod'
import { integer, text, uint32 } from './schema.ts'

export const gracefulRestart = z.object({
  enabled: z
    .boolean()
    .describe('Ask peers to keep our routes while the router restarts, and keep theirs (RFC 4724). Default: false.')
    .exactOptional(),
  restartTime: integer(0, 4095)
    .describe(
      'Seconds that a peer keeps our routes while no session is up. The field on the wire has 12 bits. Default (or 0): 120.',
    )
    .exactOptional(),
  deferralTime: integer(0, 65_535)
    .describe(
      'Seconds to wait at most, after a restart, for all peers before routes are sent to any of them. Default (or 0): 1.',
    )
    .exactOptional(),
  helperOnly: z.boolean().describe("Keep peers' routes, but do not ask them to keep ours.").exactOptional(),
  notificationEnabled: z.boolean().describe('Keep routes also after a NOTIFICATION (RFC 8538).').exactOptional(),
  longlivedEnabled: z.boolean().describe('Long-lived graceful restart (RFC 9494).').exactOptional(),
  staleRoutesTime: uint32.describe("Seconds to keep a peer's routes after its session is up again.").exactOptional(),
  peerRestartTime: uint32.describe('State of the router; accepted for manifests of OpenELB.').exactOptional(),
  peerRestarting: z.boolean().describe('State of the router; accepted for manifests of OpenELB.').exactOptional(),
  localRestarting: z.boolean().describe('State of the router; accepted for manifests of OpenELB.').exactOptional(),
  mode: text(64).describe('State of the router; accepted for manifests of OpenELB.').exactOptional(),
})

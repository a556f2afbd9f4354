/**
 * A session as one node sees it: OpenELB's shape, counters as strings included. Its `peerState.authPassword` is left
 * out, so that the API server drops a password that anyone should write there.
 */
import { z } from 'zod'
import { count, text, time, uint32 } from './schema.ts'

const counter = (what: string) => text(20).describe(what).exactOptional()

const messages = z.object({
  open: counter('OPEN messages.'),
  update: counter('UPDATE messages.'),
  notification: counter('NOTIFICATION messages.'),
  keepalive: counter('KEEPALIVE messages.'),
  refresh: counter('ROUTE-REFRESH messages.'),
  discarded: counter('Messages that were dropped.'),
  withdrawUpdate: counter('UPDATE messages that withdrew.'),
  withdrawPrefix: counter('Prefixes that were withdrawn.'),
  total: counter('Messages in all.'),
})

const peerState = z.object({
  description: text(1024).describe('As configured.').exactOptional(),
  neighborAddress: text(45).describe('Address of the neighbour.').exactOptional(),
  localAs: uint32.describe('Our autonomous system number.').exactOptional(),
  peerAs: uint32.describe("The neighbour's autonomous system number.").exactOptional(),
  routerId: text(45).describe("The neighbour's BGP identifier.").exactOptional(),
  sessionState: text(32).describe('State of the session (RFC 4271, 8.2.2), ESTABLISHED when it is up.').exactOptional(),
  adminState: text(32).describe('Whether the session is meant to be up.').exactOptional(),
  peerGroup: text(253).describe('As configured.').exactOptional(),
  peerType: uint32.describe('Internal or external.').exactOptional(),
  removePrivateAs: uint32.describe('As configured.').exactOptional(),
  routeFlapDamping: z.boolean().describe('As configured.').exactOptional(),
  sendCommunity: uint32.describe('As configured.').exactOptional(),
  messages: z
    .object({
      received: messages.describe('Received.').exactOptional(),
      sent: messages.describe('Sent.').exactOptional(),
    })
    .describe('Messages so far.')
    .exactOptional(),
  queues: z
    .object({
      input: uint32.describe('Received and not yet worked on.').exactOptional(),
      output: uint32.describe('Not yet sent.').exactOptional(),
    })
    .describe('Messages waiting.')
    .exactOptional(),
  outQ: uint32.describe('Messages not yet sent.').exactOptional(),
  flops: uint32.describe('How often the session went down.').exactOptional(),
})

const timersState = z.object({
  connectRetry: counter('Seconds between attempts to connect.'),
  holdTime: counter('Hold time as configured, in seconds.'),
  keepaliveInterval: counter('Seconds between keepalives.'),
  minimumAdvertisementInterval: counter('Seconds between two updates about one prefix.'),
  negotiatedHoldTime: counter('Hold time that both sides agreed on, in seconds.'),
  uptime: text(64).describe('When the session last came up.').exactOptional(),
  downtime: text(64).describe('When the session last went down.').exactOptional(),
})

export const nodePeerStatus = z.object({
  peerState: peerState.describe('The neighbour and the session.').exactOptional(),
  timersState: timersState.describe('Timers of the session.').exactOptional(),
  bfdState: text(32)
    .describe('State of the BFD session (RFC 5880, 6.2), UP when it watches over the neighbour; absent without BFD.')
    .exactOptional(),
  prefixesSent: count
    .describe(
      'Prefixes sent on the established session, with add-path each of their paths. BGP does not tell whether they are used.',
    )
    .exactOptional(),
  prefixesReceived: count.describe('Prefixes received.').exactOptional(),
  establishedAt: time.describe('When the session came up; absent while it is down.').exactOptional(),
  lastError: text(1024).describe('Why the last session ended, or none comes up.').exactOptional(),
})

import { Counter, Gauge, type Registry } from 'prom-client'

export interface WebhookMetrics {
  /** An object of this kind was reviewed. */
  reviewed(kind: string, answer: 'allowed' | 'refused' | 'failed'): void
  /** A certificate is served from now on; it ends then, in milliseconds since the epoch. */
  serves(ends: number): void
}

/** Those that the webhook is asked about. Whoever reaches its port can ask it about others, of any name: these count as one. */
const kinds: ReadonlySet<string> = new Set(['Eip', 'BgpConf', 'BgpPeer'])

export function webhookMetrics(registers: Registry[]): WebhookMetrics {
  const reviews = new Counter({
    name: 'fairlead_webhook_reviews_total',
    help: 'Objects that the webhook was asked about, by their kind and by what it answered: allowed, refused or failed',
    labelNames: ['kind', 'answer'],
    registers,
  })
  const expiry = new Gauge({
    name: 'fairlead_webhook_certificate_expiry_timestamp_seconds',
    help: 'When the certificate ends that the webhook serves, since the epoch; nothing before there is one',
    registers,
  })
  // Not 0, which would be a certificate that ended long ago.
  expiry.remove()
  return {
    reviewed: (kind, answer) => reviews.inc({ kind: kinds.has(kind) ? kind : 'other', answer }),
    serves: ends => expiry.set(ends / 1000),
  }
}

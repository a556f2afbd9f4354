import test from 'ava'
import { webhookMetrics } from '../../../src/metrics/webhook.ts'
import { empty, samples } from './registry.ts'

const [reviews, expiry] = [
  'fairlead_webhook_reviews_total',
  'fairlead_webhook_certificate_expiry_timestamp_seconds',
] as const

test('reviews by kind and answer; kinds that the webhook is not for are one, however many a stranger names', async t => {
  const { registry } = empty()
  const metrics = webhookMetrics([registry])
  t.deepEqual(await samples(registry, reviews), {})
  metrics.reviewed('Eip', 'allowed')
  metrics.reviewed('Eip', 'allowed')
  metrics.reviewed('Eip', 'refused')
  metrics.reviewed('BgpPeer', 'failed')
  for (let made = 0; made < 100; made++) metrics.reviewed(`Made${made}`, 'allowed')
  t.deepEqual(await samples(registry, reviews), {
    [`${reviews}{kind="Eip",answer="allowed"}`]: 2,
    [`${reviews}{kind="Eip",answer="refused"}`]: 1,
    [`${reviews}{kind="BgpPeer",answer="failed"}`]: 1,
    [`${reviews}{kind="other",answer="allowed"}`]: 100,
  })
})

test('when the certificate ends that is served: nothing as long as there is none', async t => {
  const { registry } = empty()
  const metrics = webhookMetrics([registry])
  t.deepEqual(await samples(registry, expiry), {})
  metrics.serves(1_795_000_000_000)
  metrics.serves(1_796_000_000_500)
  t.deepEqual(await samples(registry, expiry), { [expiry]: 1_796_000_000.5 })
})

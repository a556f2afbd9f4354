/** The webhook as a real API server calls it, by our manifests and with the controller's rights. */
import { X509Certificate } from 'node:crypto'
import { concat, NEVER, of } from 'rxjs'
import { systemNamespace, webhookConfiguration, webhookName } from '../../../src/api/names.ts'
import { isApiError } from '../../../src/kube/errors.ts'
import {
  bgpPeers,
  eips,
  secrets,
  services,
  validatingWebhookConfigurations,
  virtualIPs,
} from '../../../src/kube/resources.ts'
import { issue } from '../../../src/webhook/certificates/issue.ts'
import { serve } from '../../../src/webhook/server.ts'
import { type Context, testWithApiServer } from '../apiserver/support.ts'
import {
  configuration,
  freePort,
  nudge,
  type Replica,
  secret,
  startReplica,
  trial,
  trials,
  trusted,
  untilDone,
} from './support.ts'

const test = testWithApiServer()

const DAY_MS = 86_400_000
const AFTER_OVERLAP_MS = 11 * 60_000

let port: number
let first: Replica
let second: Replica

const refused = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act()
  } catch (error) {
    if (isApiError(error, 'Invalid')) return (error as Error).message
    throw error
  }
  throw new Error('it was not refused')
}

/** As an administrator sees it: the API server fails closed. */
const failsClosed = async ({ client }: Context) => {
  try {
    await trial(client)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it went through')
}

test.after.always(async () => {
  await first?.stop()
  await second?.stop()
})

test.serial(
  '38: two replicas that began at once share one certificate, and the API server trusts its authority only',
  async t => {
    const { client } = t.context
    port = await freePort()
    await client.create(validatingWebhookConfigurations, configuration(port))
    // 25 days ago, so that what was made then has to be replaced now.
    first = startReplica(t.context, port, -25 * DAY_MS)
    second = startReplica(t.context, await freePort(), -25 * DAY_MS)
    await untilDone(async () => {
      if ((await trusted(client)) === '') throw new Error('nobody is trusted yet')
      await trial(client)
    })
    const { data = {} } = await secret(client)
    const text = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString()
    t.is(text('ca.crt'), await trusted(client))
    t.is(text('ca.crt').match(/BEGIN/g)?.length, 1)
    t.true(new X509Certificate(text('tls.crt')).verify(new X509Certificate(text('ca.crt')).publicKey))
    t.false(Object.values(data).some(each => Buffer.from(each, 'base64').toString().includes('EC PRIVATE')))
  },
)

test.serial('4, 35: an Eip that overlaps another is refused when written, with the field', async t => {
  const { client } = t.context
  await client.create(eips, { metadata: { name: 'a' }, spec: { address: '10.0.0.0/24', addresses: ['2001:db8::/64'] } })
  const message = await refused(() =>
    client.create(eips, { metadata: { name: 'b' }, spec: { address: '10.0.1.0/24', addresses: ['2001:db8::1'] } }),
  )
  t.regex(
    message,
    /validation\.fairlead\.dev" denied the request: spec\.addresses\[0\]: 2001:db8::1 overlaps 2001:db8::\/64 of Eip "a"/,
  )
  t.regex(
    await refused(() => client.create(eips, { metadata: { name: 'b' }, spec: { address: '10.0.0.9-10.0.0.1' } })),
    /spec\.address: .*whose first address is not above its last/,
  )
})

test.serial('what is asked is counted, and the end of the certificate that is served is told', async t => {
  const reviews = await first.registry.getSingleMetricAsString('fairlead_webhook_reviews_total')
  t.regex(reviews, /\{kind="Eip",answer="allowed"\} \d+\n/)
  // The schema refused another before the webhook was asked.
  t.regex(reviews, /\{kind="Eip",answer="refused"\} 1$/m)
  const { data = {} } = await secret(t.context.client)
  const { validToDate } = new X509Certificate(Buffer.from(data['tls.crt'] ?? '', 'base64'))
  for (const { registry } of [first, second]) {
    const expiry = await registry.getSingleMetricAsString('fairlead_webhook_certificate_expiry_timestamp_seconds')
    t.is(Number(expiry.split(' ').at(-1)), validToDate.getTime() / 1000)
  }
})

test.serial('4: whoever removes the obstacle is let through at once, however late the watch is', async t => {
  const { client } = t.context
  for (let round = 0; round < 20; round += 1) {
    const name = `in-turn-${round}`
    await client.create(eips, { metadata: { name }, spec: { address: '10.1.0.0/24' } })
    await client.delete(eips, { name })
  }
  t.pass()
})

test.serial(
  '4, 6: an address in use is not taken out of its Eip; a split by way of a disabled one loses none',
  async t => {
    const { client } = t.context
    const of = { namespace: 'default', name: 'web', uid: 'uid-web' }
    await client.create(eips, { metadata: { name: 'whole' }, spec: { address: '10.2.0.0/24' } })
    await client.create(virtualIPs, {
      metadata: { name: '10.2.0.200' },
      spec: { address: '10.2.0.200', eip: 'whole', protocol: 'bgp', services: [of] },
    })
    const cut = () => client.mergePatch(eips, { name: 'whole' }, { spec: { address: '10.2.0.0/25' } })
    const message = await untilDone(() =>
      refused(() => cut().then(() => client.mergePatch(eips, { name: 'whole' }, { spec: { address: '10.2.0.0/24' } }))),
    )
    t.regex(
      message,
      /spec\.address: 10\.2\.0\.128-10\.2\.0\.255 cannot be taken out while in use: 10\.2\.0\.200 by default\/web/,
    )
    await client.create(eips, { metadata: { name: 'upper' }, spec: { address: '10.2.0.128/25', disable: true } })
    await cut()
    await client.mergePatch(eips, { name: 'upper' }, { spec: { disable: false } })
    t.pass()
  },
)

test.serial('22: two BgpPeers of one address for one node are refused', async t => {
  const { client } = t.context
  const spec = { conf: { neighborAddress: '10.9.0.1', peerAs: 64500 } }
  const node = { apiVersion: 'v1', kind: 'Node', plural: 'nodes' }
  await client.create(node, { metadata: { name: 'node1' } })
  await client.create(bgpPeers, { metadata: { name: 'one' }, spec })
  const another = () => client.create(bgpPeers, { metadata: { name: 'two' }, spec })
  t.regex(
    await untilDone(() => refused(() => another().then(() => client.delete(bgpPeers, { name: 'two' })))),
    /spec\.conf\.neighborAddress: 10\.9\.0\.1 is also that of BgpPeer "one" for node1/,
  )
})

test.serial('a certificate is replaced, step by step, while calls go on, and none fails', async t => {
  const { client } = t.context
  const before = await trusted(client)
  const stop = trials(client)
  const authorities = async () => (await trusted(client)).match(/BEGIN/g)?.length
  const certificate = async () => (await secret(client)).data?.['tls.crt']
  const old = await certificate()
  const move = async (ahead: number, reached: () => Promise<boolean>) => {
    for (const replica of [first, second]) replica.ahead = ahead
    await nudge(client)
    await untilDone(async () => {
      if (!(await reached())) throw new Error(`not reached ${ahead} ms ahead`)
    })
    await trial(client)
  }
  await move(0, async () => (await authorities()) === 2)
  t.is(await certificate(), old)
  await move(AFTER_OVERLAP_MS, async () => (await certificate()) !== old && (await authorities()) === 2)
  await move(2 * AFTER_OVERLAP_MS, async () => (await authorities()) === 1)
  t.not(await trusted(client), before)
  const { done, failed } = await stop()
  t.deepEqual(failed, [])
  t.true(done > 0)
})

test.serial(
  'a Secret that is deleted, and authorities that are wiped, are back, and while there is no more than the former no call fails',
  async t => {
    const { client } = t.context
    const stop = trials(client)
    const before = await trusted(client)
    await client.delete(secrets, { namespace: systemNamespace, name: webhookName })
    await untilDone(async () => {
      if ((await trusted(client)).match(/BEGIN/g)?.length !== 2) throw new Error('not yet prepared')
    })
    t.deepEqual((await stop()).failed, [])
    t.true((await trusted(client)).startsWith(before))
    await client.mergePatch(
      validatingWebhookConfigurations,
      { name: webhookConfiguration },
      { webhooks: configuration(port).webhooks ?? [] },
    )
    await untilDone(async () => {
      if ((await trusted(client)) === '') throw new Error('still wiped')
      await trial(client)
    })
  },
)

test.serial(
  '37: with no controller our own kinds are refused, and Services, statuses, finalizers and deletions are not',
  async t => {
    const { client } = t.context
    await client.create(eips, {
      metadata: { name: 'kept', finalizers: ['fairlead.dev/test'] },
      spec: { address: '10.3.0.1' },
    })
    await first.stop()
    t.regex(await failsClosed(t.context), /failed calling webhook "validation\.fairlead\.dev"/)
    const name = { name: 'kept' }
    await t.throwsAsync(client.mergePatch(eips, name, { spec: { disable: true } }), {
      message: /failed calling webhook/,
    })
    await client.create(services, {
      metadata: { namespace: 'default', name: 'web' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    })
    await client.mergePatch(eips, name, { status: { usage: 1 } }, { subresource: 'status' })
    await client.mergePatch(eips, name, { metadata: { labels: { a: 'b' } } })
    await client.delete(eips, name)
    await client.mergePatch(eips, name, { metadata: { finalizers: [] } })
    await t.throwsAsync(client.get(eips, name), { message: /not found/ })
  },
)

test.serial('whoever is not trusted is not believed', async t => {
  const stranger = await issue(['127.0.0.1'], new Date())
  const answer = async () => '{}'
  const running = serve({
    listen: { host: '127.0.0.1', port },
    certificates: concat(of(stranger), NEVER),
    answer,
    report: () => undefined,
  })
  const listening = await new Promise<{ unsubscribe: () => void }>(resolve => {
    const subscription = running.subscribe(() => resolve(subscription))
  })
  const failure = await failsClosed(t.context).finally(() => listening.unsubscribe())
  t.regex(failure, /certificate signed by unknown authority/)
})

test.serial('a replica that starts serves what there is', async t => {
  const before = await secret(t.context.client)
  first = startReplica(t.context, port, 2 * AFTER_OVERLAP_MS)
  await untilDone(() => trial(t.context.client))
  t.deepEqual((await secret(t.context.client)).data, before.data)
})

test.serial(
  '37: after a month with no controller the certificate has expired, and the first that is back makes another',
  async t => {
    const { client } = t.context
    await Promise.all([first.stop(), second.stop()])
    await client.delete(secrets, { namespace: systemNamespace, name: webhookName })
    // One that lives a month ago makes what has expired by now.
    first = startReplica(t.context, port, -31 * DAY_MS)
    const told = await untilDone(async () => {
      const message = await failsClosed(t.context)
      if (!message.includes('expired')) throw new Error(message)
      return message
    })
    t.regex(told, /certificate has expired or is not yet valid/)
    await first.stop()
    first = startReplica(t.context, port)
    second = startReplica(t.context, await freePort())
    await untilDone(() => trial(client))
  },
)

/** What Debian's Prometheus makes of the metrics and of the alerts. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { serveHealth } from '../../../src/health/server.ts'
import { commonMetrics } from '../../../src/metrics/common.ts'
import { controllerMetrics } from '../../../src/metrics/controller.ts'
import { speakerMetrics } from '../../../src/metrics/speaker.ts'
import { webhookMetrics } from '../../../src/metrics/webhook.ts'

const alerts = fileURLToPath(new URL('../../../manifests/monitoring/alerts.yaml', import.meta.url))
const played = fileURLToPath(new URL('alerts.yaml', import.meta.url))

/** Resolves to all that it wrote; rejects with that if it does not succeed. */
async function promtool(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(out + err)
  return out + err
}

/** Metrics of every kind, each with a sample. */
function exposition() {
  const common = commonMetrics('1.2.3', 'all')
  const controller = controllerMetrics(common)
  const { bgp } = speakerMetrics(common)
  const webhook = webhookMetrics([common.registry])
  common.apiRequested({ verb: 'get', kind: 'Eip', code: 200, milliseconds: 3 })
  common.watches.failed('Eip')
  common.watches.heard('Eip')
  controller.leads(true)
  controller.allocations.given('a "pool"\\ of\nlines')
  controller.allocations.failed('default/web', 'PoolExhausted')
  const counts = { peerAs: 64500, localAs: 64512, prefixesSent: 1, prefixesReceived: 1 }
  bgp.found([{ address: 'fd00::1', state: 'established', establishedAt: new Date(), ...counts }])
  bgp.passed({ held: 1, reset: ['fd00::1'] }, 1)
  webhook.reviewed('Eip', 'refused')
  webhook.serves(Date.now())
  return common.registry
}

test('promtool finds no fault with our metrics', async t => {
  const registry = exposition()
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('fairlead_'))
  const all = await Promise.all(ours.map(({ name }) => registry.getSingleMetricAsString(name)))
  t.is(await promtool(['check', 'metrics'], `${all.join('\n')}\n`), '')
})

test('the alerts can be read, and fire when they should and at no other time', async t => {
  t.regex(await promtool(['check', 'rules', alerts]), /SUCCESS: \d+ rules found/)
  t.regex(await promtool(['test', 'rules', played]), /SUCCESS/)
})

test('a Prometheus scrapes them, and evaluates every alert', async t => {
  const server = await serveHealth({ live: {}, ready: {} }, exposition(), { host: '127.0.0.1', port: 0 })
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-prometheus-'))
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [alerts],
    scrape_configs: [{ job_name: 'fairlead', static_configs: [{ targets: [target] }] }],
  }
  // JSON is YAML as well.
  writeFileSync(join(directory, 'prometheus.yaml'), JSON.stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  )
  t.teardown(async () => {
    await end(prometheus)
    server.close()
    rmSync(directory, { recursive: true })
  })
  const labels = await until(async () => {
    const query = encodeURIComponent('fairlead_allocations_total and on (job) up == 1')
    const { data } = (await ask(`http://${address}/api/v1/query?query=${query}`)) as Answer<{ result: Series[] }>
    return data.result[0]?.metric
  })
  t.like(labels, { eip: 'a "pool"\\ of\nlines', job: 'fairlead', instance: target })
  const rules = await until(async () => {
    const { data } = (await ask(`http://${address}/api/v1/rules`)) as Answer<{ groups: { rules: Rule[] }[] }>
    const all = data.groups.flatMap(group => group.rules)
    return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : undefined
  })
  t.deepEqual(
    rules.filter(({ health }) => health !== 'ok'),
    [],
  )
})

interface Answer<T> {
  readonly data: T
}

interface Series {
  readonly metric: Readonly<Record<string, string>>
}

interface Rule {
  readonly name: string
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
}

const ask = async (url: string): Promise<unknown> => (await fetch(url)).json()

/** What is found at last; what fails until then is tried again. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await look().catch(error => {
      if (performance.now() > deadline) throw error
      return undefined
    })
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error('not within a minute')
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

import { Registry } from 'prom-client'
import { commonMetrics } from '../../../src/metrics/common.ts'
import { controllerMetrics } from '../../../src/metrics/controller.ts'
import { loopMetrics } from '../../../src/metrics/loops.ts'
import { speakerMetrics } from '../../../src/metrics/speaker.ts'
import { webhookMetrics } from '../../../src/metrics/webhook.ts'

interface Described {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly labelNames: readonly string[]
  readonly help: string
}

/** Of a process that is everything. */
export function everyMetric(): readonly Described[] {
  const common = commonMetrics('1.2.3', 'all')
  controllerMetrics(common)
  speakerMetrics(common)
  webhookMetrics([common.registry])
  return common.registry.getMetricsAsArray() as unknown as readonly Described[]
}

/** What metrics are made with, of a process that has none yet. */
export function empty() {
  const registry = new Registry()
  return { registry, loops: loopMetrics([registry]) }
}

/** The samples as they are exposed: values by name and labels, such as `up{a="b"}`; those of these metrics only. */
export async function samples(registry: Registry, ...names: readonly string[]): Promise<Record<string, number>> {
  const text = await registry.metrics()
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const all = lines.map(
    line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))] as const,
  )
  return Object.fromEntries(all.filter(([sample]) => names.some(name => sample.split('{')[0] === name)))
}

import { Registry } from 'prom-client'
import { loopMetrics } from '../../../src/metrics/loops.ts'

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

import { readFileSync } from 'node:fs'
import test from 'ava'
import { commonMetrics } from '../../../src/metrics/common.ts'
import { controllerMetrics } from '../../../src/metrics/controller.ts'
import { speakerMetrics } from '../../../src/metrics/speaker.ts'

/** Of a process that is everything. */
function all() {
  const common = commonMetrics('1.2.3', 'all')
  controllerMetrics(common)
  speakerMetrics(common)
  return common.registry.getMetricsAsArray()
}

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
const row = /^\| `(?<name>\w+)` \| (?<type>\w+) \|(?<labels>[^|]*)\|/gm

test('docs/metrics.md has every metric that there is, with its type and labels, and no other', t => {
  const exposed = all().map(metric => {
    const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] }
    return `${name} ${type} ${labelNames.join(', ')}`
  })
  const documented = Array.from(
    page.matchAll(row),
    ({ groups: { name, type, labels } = {} }) => `${name} ${type} ${labels?.trim()}`,
  )
  t.deepEqual(documented.sort(), exposed.sort())
})

test('our metrics are named as is the custom: prefix, base unit, _total for counters', t => {
  const ours = all().filter(({ name }) => !/^(process|nodejs)_/.test(name))
  for (const metric of ours) {
    const { name, type, help } = metric as unknown as { name: string; type: string; help: string }
    t.regex(name, /^fairlead_[a-z\d_]+$/)
    t.is(name.endsWith('_total'), type === 'counter', name)
    t.false(/milli|micro|_ms\b|percent/.test(name), name)
    t.is(type === 'histogram', name.endsWith('_seconds') && !name.includes('timestamp'), name)
    t.true(help.length > 20, name)
  }
})

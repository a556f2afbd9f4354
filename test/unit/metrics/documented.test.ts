import { readFileSync } from 'node:fs'
import test from 'ava'
import { everyMetric } from './registry.ts'

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
const row = /^\| `(?<name>\w+)` \| (?<type>\w+) \|(?<labels>[^|]*)\|/gm

test('docs/metrics.md has every metric that there is, with its type and labels, and no other', t => {
  const exposed = everyMetric().map(({ name, type, labelNames }) => `${name} ${type} ${labelNames.join(', ')}`)
  const documented = Array.from(
    page.matchAll(row),
    ({ groups: { name, type, labels } = {} }) => `${name} ${type} ${labels?.trim()}`,
  )
  t.deepEqual(documented.sort(), exposed.sort())
})

test('our metrics are named as is the custom: prefix, base unit, _total for counters', t => {
  const ours = everyMetric().filter(({ name }) => !/^(process|nodejs)_/.test(name))
  t.true(ours.length > 30)
  for (const { name, type, help } of ours) {
    t.regex(name, /^fairlead_[a-z\d_]+$/)
    t.is(name.endsWith('_total'), type === 'counter', name)
    t.false(/milli|micro|_ms\b|percent/.test(name), name)
    t.is(type === 'histogram', name.endsWith('_seconds') && !name.includes('timestamp'), name)
    t.true(help.length > 20, name)
  }
})

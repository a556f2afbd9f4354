import { readFileSync } from 'node:fs'
import test from 'ava'
import { parse } from 'yaml'
import { everyMetric } from './registry.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[]
}

const { groups } = parse(read('manifests/monitoring/alerts.yaml')) as Rules
const { panels } = JSON.parse(read('manifests/monitoring/dashboard.json')) as Dashboard
const expressions = [
  ...groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr] as const)),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]

test('alerts and dashboard ask for metrics that there are, and for no others', t => {
  const samples = new Set(
    everyMetric().flatMap(({ name, type }) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map(part => `${name}_${part}`) : name,
    ),
  )
  for (const [where, expr] of expressions) {
    const asked = expr.match(/\b(?:fairlead|nodejs|process)_\w+/g) ?? []
    t.true(asked.length > 0, where)
    for (const name of asked) t.true(samples.has(name), `${where}: ${name}`)
  }
})

test('the labels that they select and sum by are labels of their metrics', t => {
  const labels = new Set(everyMetric().flatMap(({ labelNames }) => labelNames))
  // What Prometheus adds.
  for (const name of ['job', 'instance', 'le']) labels.add(name)
  for (const [where, expr] of expressions) {
    const lists = expr.matchAll(/(?:\b(?:by|on) ?\((?<names>[^)]*)\))|\{(?<matchers>[^}]*)\}/g)
    for (const { groups: { names = '', matchers = '' } = {} } of lists) {
      const used = [...names.split(','), ...matchers.split(',').map(matcher => matcher.split(/[=!]/)[0] ?? '')]
      for (const label of used.map(text => text.trim()).filter(text => text !== '')) {
        t.true(labels.has(label), `${where}: ${label}`)
      }
    }
  }
})

test('every metric of ours is shown, or alerts', t => {
  const all = expressions.map(([, expr]) => expr).join(' ')
  const ours = everyMetric().filter(({ name }) => name.startsWith('fairlead_'))
  t.deepEqual(
    ours.filter(({ name }) => !new RegExp(`\\b${name}(?:_bucket)?\\b`).test(all)),
    [],
  )
})

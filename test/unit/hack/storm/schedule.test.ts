import test from 'ava'
import fc from 'fast-check'
import type { ServiceIntent } from '../../../../hack/storm/actions.ts'
import { largest } from '../../../../hack/storm/addresses.ts'
import { schedule } from '../../../../hack/storm/schedule.ts'

const size = { services: 200, nodes: 3, speakers: 3, seconds: 20 }

test('the same seed is the same storm, another seed another one', t => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      t.deepEqual(schedule(seed, size), schedule(seed, size))
      t.notDeepEqual(schedule(seed, size).edits, schedule(seed + 1, size).edits)
    }),
    { numRuns: 5 },
  )
})

test('every kind of edit and of fault occurs, within the time', t => {
  const { edits, faults } = schedule(1, size)
  t.is(
    distinct(edits.map(({ type }) => type)).join(' '),
    'create delete disable enable endpoints enlarge families port recreate request trafficPolicy type',
  )
  const kinds = distinct(faults.map(fault => ('part' in fault ? `${fault.type} ${fault.part}` : fault.type)))
  const processes = ['gobgpd', 'manager', 'leader'].flatMap(part => [`crash ${part}`, `pause ${part}`, `stop ${part}`])
  t.deepEqual(kinds, distinct([...processes, 'crash kube-apiserver', 'exclude']))
  for (const { at } of [...edits, ...faults]) t.true(at >= 0 && at <= size.seconds * 1_000)
  t.deepEqual(
    edits.map(({ at }) => at),
    edits.map(({ at }) => at).sort((a, b) => a - b),
  )
})

test('even a short storm has every kind of fault', t => {
  const { faults } = schedule(1, { ...size, seconds: 5 })
  t.is(new Set(faults.map(fault => ('part' in fault ? `${fault.type} ${fault.part}` : fault.type))).size, 11)
})

test('what is changed or deleted is there, what is created is not, and the API server accepts each change', t => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      const alive = new Map<string, ServiceIntent>()
      for (const edit of schedule(seed, size).edits) {
        if (edit.type === 'delete') t.true(alive.delete(edit.name))
        else if ('eip' in edit) t.true(edit.eip.count <= largest)
        else if (edit.type !== 'endpoints') {
          const { service } = edit
          const before = alive.get(service.name)
          t.is(before === undefined, edit.type === 'create' || edit.type === 'recreate')
          t.is(before?.families[0] ?? service.families[0], service.families[0])
          alive.set(service.name, service)
        }
      }
    }),
    { numRuns: 20 },
  )
})

test('an address may change when something else is asked for, and only then', t => {
  const last = new Map<string, ServiceIntent>()
  for (const edit of schedule(7, size).edits) {
    if (!('service' in edit) || typeof edit.service === 'string') continue
    const before = last.get(edit.service.name)
    last.set(edit.service.name, edit.service)
    if (before === undefined || edit.type === 'create' || edit.type === 'recreate') continue
    const { families, asked } = edit.service
    const first = families[0] ?? 'IPv4'
    t.is(asked[first] > before.asked[first], edit.type === 'type' || edit.type === 'request', edit.type)
  }
})

const distinct = (all: readonly string[]): readonly string[] => [...new Set(all)].sort()

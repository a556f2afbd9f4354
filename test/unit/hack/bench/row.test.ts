import test from 'ava'
import { rowsAsJson, rowsAsTable } from '../../../../hack/bench/report.ts'
import {
  atLeastTimesFloor,
  atMost,
  atMostFloorPlus,
  atMostTimesFloor,
  failedRow,
  isMet,
  type Row,
  rowOf,
} from '../../../../hack/bench/row.ts'

const failed = Number.POSITIVE_INFINITY
const row = (value: number, more: Partial<Row> = {}): Row => ({
  name: 'row',
  value,
  unit: 'ms',
  samples: 3,
  failures: 0,
  ...more,
})

for (const [target, value, floor, met] of [
  [atMost(200), 200, undefined, true],
  [atMost(200), 200.1, undefined, false],
  [atMost(0), 0, undefined, true],
  [atMost(200), failed, undefined, false],
  [atMost(200), Number.NaN, undefined, false],
  [atMostTimesFloor(1.4), 14, 10, true],
  [atMostTimesFloor(1.4), 14.1, 10, false],
  [atMostTimesFloor(1.4), 14, undefined, false],
  [atMostTimesFloor(1.4), 14, failed, false],
  [atMostTimesFloor(1.4), failed, failed, false],
  [atLeastTimesFloor(0.8), 400, 500, true],
  [atLeastTimesFloor(0.8), 399, 500, false],
  [atLeastTimesFloor(0.8), 0, 0, false],
  [atMostFloorPlus(15), 25, 10, true],
  [atMostFloorPlus(15), 25.1, 10, false],
  [atMostFloorPlus(15), 25, failed, false],
  [atMostFloorPlus(15), 25, undefined, false],
] as const) {
  test(`${value} with a floor of ${floor}: ${target.text} is ${met ? '' : 'not '}met`, t => {
    t.is(isMet(row(value, { target, ...(floor !== undefined && { floor }) })), met)
  })
}

test('without a target nothing is met or missed', t => t.is(isMet(row(1)), undefined))

test('a row is the median of its samples, with those that failed counted', t => {
  const target = atMost(3)
  t.deepEqual(rowOf('x', [1, failed, 3], { target }), {
    name: 'x',
    value: 3,
    unit: 'ms',
    target,
    samples: 3,
    failures: 1,
  })
  t.is(rowOf('x', [1, failed, 3], { q: 1 }).value, failed)
  t.is(rowOf('x', [1, 2], { q: 1, unit: '/s' }).unit, '/s')
})

test('a bench without a result has missed', t => t.false(isMet(failedRow('x'))))

test('JSON is one object with every field of every row, and null for what there is not', t => {
  const rows = [row(12, { floor: 10, target: atMostTimesFloor(1.4) }), row(0.1 + 0.2), failedRow('gone')]
  t.deepEqual(JSON.parse(rowsAsJson('bgp', rows)), {
    bench: 'bgp',
    rows: [
      {
        name: 'row',
        value: 12,
        unit: 'ms',
        floor: 10,
        ratio: 1.2,
        target: '≤ 1.4 x floor',
        met: true,
        samples: 3,
      },
      { name: 'row', value: 0.3, unit: 'ms', floor: null, ratio: null, target: null, met: null, samples: 3 },
      { name: 'gone', value: null, unit: '', floor: null, ratio: null, target: 'a result', met: false, samples: 1 },
    ],
  })
})

test('the table has a line for each row, and says what failed and what was missed', t => {
  const lines = rowsAsTable([
    row(12.345, { name: 'first', floor: 10, target: atMostTimesFloor(1.4) }),
    row(failed, { name: 'second', target: atMost(0), failures: 2 }),
    row(Number.NaN, { name: 'third' }),
  ]).split('\n')
  const cells = lines.map(line => line.split(/ {2,}/))
  t.deepEqual(cells[1], ['first', '12.3', 'ms', '10', '1.23', '≤ 1.4 x floor', 'yes', '3', '0'])
  t.deepEqual(cells[2], ['second', 'failed', 'ms', '≤ 0', 'NO', '3', '2'])
  t.deepEqual(cells[3], ['third', 'not measured', 'ms', '3', '0'])
})

/** What a bench says in the end: a table for people, or one object for programs. */
import { table } from '../table.ts'
import { isMet, type Row, ratioOf } from './row.ts'

/**
 * One object in JSON, which knows no infinity: the value of a row that failed is null, and its target is not met. What a
 * row does not have is null, too.
 */
export function rowsAsJson(bench: string, rows: readonly Row[]): string {
  return JSON.stringify({
    bench,
    rows: rows.map(row => ({
      name: row.name,
      value: numberOrNull(row.value),
      unit: row.unit,
      floor: numberOrNull(row.floor),
      ratio: numberOrNull(ratioOf(row.value, row.floor)),
      target: row.target?.text ?? null,
      met: isMet(row) ?? null,
      samples: row.samples,
    })),
  })
}

const heading = ['', 'measured', 'unit', 'floor', 'ratio', 'target', 'met', 'samples', 'failed']

export const rowsAsTable = (rows: readonly Row[]): string =>
  table([
    heading,
    ...rows.map(row => [
      row.name,
      digits(row.value),
      row.unit,
      row.floor === undefined ? '' : digits(row.floor),
      row.floor === undefined ? '' : digits(ratioOf(row.value, row.floor)),
      row.target?.text ?? '',
      { true: 'yes', false: 'NO', undefined: '' }[`${isMet(row)}`],
      `${row.samples}`,
      `${row.failures}`,
    ]),
  ])

const numberOrNull = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(6))

/** Three digits that say something, and whole numbers whole. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not measured' : 'failed'
  if (Number.isInteger(value) || Math.abs(value) >= 100) return `${Math.round(value)}`
  return `${Number(value.toPrecision(3))}`
}

/** Columns as kubectl prints them: headings, three blanks between columns, no lines. Pure. */
import { clean } from './clean.ts'

export interface Column<Row> {
  readonly name: string
  readonly cell: (row: Row, now: Date) => string
  /** Only with `-o wide`. */
  readonly wide?: boolean
}

const GAP = 3

/** Prints rows below each other; one that follows later lines up with those before, as far as they leave room. */
export class Table<Row> {
  readonly #columns: readonly Column<Row>[]
  readonly #width: number
  #widths: readonly number[] = []

  /** @param width characters in a line, of a terminal; infinite: nothing is cut */
  constructor(columns: readonly Column<Row>[], { wide, width }: { readonly wide: boolean; readonly width: number }) {
    this.#columns = columns.filter(column => wide || column.wide !== true)
    this.#width = width
  }

  /** The headings and these rows; without rows nothing. */
  begin(rows: readonly Row[], now: Date): string {
    if (rows.length === 0) return ''
    return this.#lines([this.#columns.map(({ name }) => name), ...rows.map(row => this.#cells(row, now))])
  }

  /** Rows for a table that has begun, or begins with them. */
  more(rows: readonly Row[], now: Date): string {
    if (this.#widths.length === 0) return this.begin(rows, now)
    return this.#lines(rows.map(row => this.#cells(row, now)))
  }

  /** Rows that are no more: the two columns that name each. */
  gone(rows: readonly Row[], now: Date): string {
    return this.#lines(rows.map(row => [...this.#cells(row, now).slice(0, 2), '(gone)']))
  }

  #cells = (row: Row, now: Date): readonly string[] => this.#columns.map(({ cell }) => clean(cell(row, now)))

  #lines(rows: readonly (readonly string[])[]): string {
    if (rows.length === 0) return ''
    this.#widths = this.#columns.map((_, column) =>
      Math.max(this.#widths[column] ?? 0, ...rows.map(row => (row[column] ?? '').length)),
    )
    const line = (row: readonly string[]) =>
      row.map((cell, column) => cell.padEnd((this.#widths[column] ?? 0) + GAP)).join('')
    return rows.map(row => `${cut(line(row).trimEnd(), this.#width)}\n`).join('')
  }
}

const cut = (line: string, width: number): string => (line.length > width ? `${line.slice(0, width - 1)}…` : line)

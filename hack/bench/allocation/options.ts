/** Sizes that are absent are those of the row. */
export interface AllocationOptions {
  /** Name of the lab that is made and removed. */
  readonly lab: string
  readonly services?: number
  readonly samples?: number
  /** Told what is being done, a line each. */
  readonly progress: (line: string) => void
}

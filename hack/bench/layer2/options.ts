/** Sizes that are absent are those of the row. */
export interface Layer2Options {
  /** Name of the lab that is made and removed. */
  readonly lab: string
  readonly vips?: number
  readonly samples?: number
  /** Told what is being done, a line each. */
  readonly progress: (line: string) => void
}

import type { LabSpec } from '../../lab/state.ts'

/** Sizes that are absent are those of the row. */
export interface BgpOptions {
  readonly lab: Pick<LabSpec, 'name' | 'router'>
  readonly services?: number
  readonly samples?: number
  /** Told what is being done, a line each. */
  readonly progress: (line: string) => void
}

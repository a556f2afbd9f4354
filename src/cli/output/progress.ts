/** A bar while much is listed: nothing where one page has it all, and none but on a terminal. */
import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** Takes up how many objects of a kind have been listed, and how many are to come. */
  readonly paged: (kind: { readonly plural: string }, listed: number, remaining: number) => void
  readonly end: () => void
}

export function progress(stream: NodeJS.WriteStream): Progress {
  const kinds = new Map<string, { readonly listed: number; readonly remaining: number }>()
  let bar: SingleBar | undefined
  return {
    paged({ plural }, listed, remaining) {
      kinds.set(plural, { listed, remaining })
      if (!stream.isTTY || (bar === undefined && remaining === 0)) return
      const counts = [...kinds.values()]
      const done = counts.reduce((sum, kind) => sum + kind.listed, 0)
      const total = counts.reduce((sum, kind) => sum + kind.remaining, done)
      if (bar === undefined) {
        const format = 'reading [{bar}] {value}/{total} objects'
        bar = new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.legacy)
        bar.start(total, done)
      }
      bar.setTotal(total)
      bar.update(done)
    },
    end: () => bar?.stop(),
  }
}

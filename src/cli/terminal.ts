import { styleText } from 'node:util'
import type { Style } from './explain/text.ts'

/** Where it is told: a terminal has a width and, unless NO_COLOR says otherwise, colours. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const style = (format: 'bold' | 'green' | 'red') => (text: string) => styleText(format, text, { stream })
  return { width: widthOf(stream), heading: style('bold'), good: style('green'), bad: style('red') }
}

export const widthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY

/** How the demo speaks: chapters, real commands with what they wrote, and the seconds since it began. */
import type { Place } from '../lab/addresses.ts'
import { at, type Lab } from '../lab/lab.ts'

const began = performance.now()
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s`

export const chapter = (title: string): void => console.log(`\n${seconds()}  ■ ${title}`)
export const say = (line: string): void => console.log(`${seconds()}    ${line}`)

/**
 * Runs a command at a place of the lab, prints it as one would type it there, and what it wrote.
 *
 * @param keep which lines to print; all but empty ones by default
 */
export async function show(
  lab: Lab,
  place: Place,
  argv: readonly string[],
  typed: string,
  keep: RegExp = /\S/,
): Promise<void> {
  const output = (await at(lab, place, argv)).split('\n').filter(line => keep.test(line))
  console.log([`${place}$ ${typed}`, ...output].map(line => `           ${line}`).join('\n'))
}

/**
 * Looks every 20 ms until what is seen is as it should be.
 *
 * @returns milliseconds it took
 * @throws when it is not within 20 s: the demo shows real things, and real things may fail
 */
export async function until<T>(what: string, look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<number> {
  const start = performance.now()
  for (;;) {
    const seen = await look()
    const passed = performance.now() - start
    if (isSo(seen)) return Math.round(passed)
    if (passed > 20_000) throw new Error(`after 20 s still not: ${what}; last seen: ${JSON.stringify(seen)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

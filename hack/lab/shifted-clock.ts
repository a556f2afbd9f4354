/**
 * Loaded before a program, in each of its threads: its wall clock is as many milliseconds ahead as the file says at the time; the query of
 * this module's URL names the file. All of the program sees it, libraries too, but for what is not JavaScript.
 */
import { readFileSync } from 'node:fs'

const file = new URL(import.meta.url).searchParams.get('file') ?? ''
const RealDate = Date

function ahead(): number {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}

const now = (): number => RealDate.now() + ahead()

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args) as Date,
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})

const [SECOND, MINUTE, HOUR, DAY, YEAR] = [1, 60, 3_600, 86_400, 31_536_000]

/** From each length on (seconds): the unit to count in, and the smaller one to add. As kubectl tells ages. */
const steps: readonly (readonly [from: number, unit: number, suffix: string, rest?: readonly [number, string]])[] = [
  [8 * YEAR, YEAR, 'y'],
  [2 * YEAR, YEAR, 'y', [DAY, 'd']],
  [8 * DAY, DAY, 'd'],
  [2 * DAY, DAY, 'd', [HOUR, 'h']],
  [8 * HOUR, HOUR, 'h'],
  [3 * HOUR, HOUR, 'h', [MINUTE, 'm']],
  [10 * MINUTE, MINUTE, 'm'],
  [2 * MINUTE, MINUTE, 'm', [SECOND, 's']],
]

/** How long something has been so: `41s`, `2m5s`, `3h`, `2d`. A time that lies ahead by another clock is `0s`. */
export function since(time: string | undefined, now: Date): string {
  if (time === undefined) return ''
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000))
  if (Number.isNaN(seconds)) return '<unknown>'
  const step = steps.find(([from]) => seconds >= from)
  if (step === undefined) return `${seconds}s`
  const [, unit, suffix, rest] = step
  const left = rest === undefined ? 0 : Math.floor((seconds % unit) / rest[0])
  return `${Math.floor(seconds / unit)}${suffix}${left > 0 ? `${left}${rest?.[1]}` : ''}`
}

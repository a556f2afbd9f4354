/** Server-side apply, as far as Fairlead uses it: who owns which fields of a status (KEP-555). Pure. */

/** A field, as the keys that lead to it; an item of a list of type map is named by the key of its list. */
export type Path = readonly string[]

/** Lists of type map that occur in what we write, and the field that tells their items apart; all other lists are atomic. */
const keyedBy: Readonly<Record<string, string>> = { conditions: 'type', owners: 'interface' }

type Value = Readonly<Record<string, unknown>>

/** The fields that an object says something about. */
export function leaves(value: unknown, path: Path = []): readonly Path[] {
  const key = keyedBy[path.at(-1) ?? '']
  if (Array.isArray(value) && key !== undefined) {
    return value.flatMap((item: Value) => leaves(item, [...path, String(item[key])]))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  const entries = Object.entries(value)
  return entries.length === 0 && path.length > 0 ? [path] : entries.flatMap(([name, of]) => leaves(of, [...path, name]))
}

/** Whether a field is this one, or a part of it. */
export const isWithin = (path: Path, whole: Path): boolean => whole.every((key, n) => path[n] === key)

/** What an object says of a field. */
export function valueAt(value: unknown, path: Path, above = ''): unknown {
  const [name, ...rest] = path
  if (name === undefined || value === undefined) return value
  const key = keyedBy[above]
  if (Array.isArray(value) && key !== undefined) {
    return valueAt(
      value.find((item: Value) => item[key] === name),
      rest,
    )
  }
  return valueAt((value as Value | null)?.[name], rest, name)
}

/** The object with a field as given; undefined removes it, and with it what nothing is left of. */
export function withValue(value: unknown, path: Path, to: unknown, above = ''): unknown {
  const [name, ...rest] = path
  if (name === undefined) return to
  const key = keyedBy[above]
  if (key !== undefined) {
    const items = (value ?? []) as readonly Value[]
    const at = items.findIndex(item => item[key] === name)
    if (at < 0 && to === undefined) return value
    const { [key]: _, ...others } = withValue(items[at] ?? {}, rest, to) as Value
    if (Object.keys(others).length === 0) {
      const left = items.filter((_, index) => index !== at)
      return left.length > 0 ? left : undefined
    }
    const item = { [key]: name, ...others }
    return at < 0 ? [...items, item] : items.with(at, item)
  }
  const object = (value ?? {}) as Value
  const inner = withValue(object[name], rest, to, name)
  const { [name]: _, ...others } = object
  return inner === undefined ? others : { ...object, [name]: inner }
}

import { isDeepStrictEqual } from 'node:util'

/** What became of a row, in the words of a watch of Kubernetes. */
export interface Change<Row> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Row
}

/** What differs between two looks at a list: what went as it was, then what came or changed in the order of the list. */
export function changes<Row>(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
): readonly Change<Row>[] {
  const gone = [...before].flatMap(([key, object]): Change<Row>[] =>
    after.has(key) ? [] : [{ type: 'DELETED', object }],
  )
  const others = [...after].flatMap(([key, object]): Change<Row>[] => {
    const was = before.get(key)
    if (was === undefined) return [{ type: 'ADDED', object }]
    return isDeepStrictEqual(was, object) ? [] : [{ type: 'MODIFIED', object }]
  })
  return [...gone, ...others]
}

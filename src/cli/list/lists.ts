/** The lists: what each is made of, and how it is told. */
import type { Kind } from '../../watch/kinds.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { ListName, ReadOptions } from '../commandline.ts'
import { type Column, Table } from '../output/table.ts'
import type { Telling } from '../telling.ts'
import { changes } from './changes.ts'
import { peerColumns, poolColumns, vipColumns } from './columns.ts'
import { peers } from './peers.ts'
import { pools } from './pools.ts'
import { vips } from './vips.ts'

/** How a list goes out; `width` is of a line in characters. */
export interface ListOptions extends Pick<ReadOptions, 'output' | 'watch' | 'namespace'> {
  readonly width: number
}

export function listing(name: ListName, options: ListOptions): Telling {
  switch (name) {
    case 'vips':
      return telling(['services', 'virtualIPs'], snapshot => vips(snapshot, options.namespace), vipColumns, options)
    case 'pools':
      return telling(['eips', 'virtualIPs'], pools, poolColumns, options)
    case 'peers':
      return telling(['nodes', 'bgpConfs', 'bgpPeers'], peers, peerColumns, options)
  }
}

function telling<Row>(
  kinds: readonly Kind[],
  rows: (snapshot: Snapshot) => ReadonlyMap<string, Row>,
  columns: readonly Column<Row>[],
  { output, watch = false, width }: ListOptions,
): Telling {
  let told: ReadonlyMap<string, Row> | undefined
  const table = new Table(columns, { wide: output === 'wide', width })
  return {
    kinds,
    tell(snapshot, now) {
      const before = told
      told = rows(snapshot)
      if (output === 'json') {
        if (!watch) return `${JSON.stringify({ items: [...told.values()] }, undefined, 2)}\n`
        return changes(before ?? new Map<string, Row>(), told)
          .map(change => `${JSON.stringify(change)}\n`)
          .join('')
      }
      if (before === undefined) return table.begin([...told.values()], now)
      const all = changes(before, told)
      const of = (isGone: boolean) => all.flatMap(({ type, object }) => ((type === 'DELETED') === isGone ? object : []))
      return table.gone(of(true), now) + table.more(of(false), now)
    },
  }
}

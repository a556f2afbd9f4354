import type { ServiceFilter } from '../../ipam/ours.ts'
import { CannotTell } from '../cluster/errors.ts'
import type { ReadOptions } from '../commandline.ts'
import type { Telling } from '../telling.ts'
import { explain } from './explain.ts'
import { type Style, textOf } from './text.ts'

export interface ExplainOptions extends Pick<ReadOptions, 'output' | 'watch'> {
  readonly filter: ServiceFilter
  readonly style: Style
}

/** @param key `NAMESPACE/NAME` */
export function explaining(key: string, { output, watch = false, filter, style }: ExplainOptions): Telling {
  let told: string | undefined
  return {
    kinds: ['services', 'endpointSlices', 'nodes', 'namespaces', 'eips', 'bgpConfs', 'bgpPeers', 'virtualIPs'],
    tell(snapshot, now) {
      const before = told
      const explanation = explain(key, snapshot, filter)
      if (explanation === undefined && before === undefined) throw new CannotTell(`there is no Service ${key}`)
      told = JSON.stringify(explanation ?? null, undefined, watch ? undefined : 2)
      if (told === before) return ''
      if (output === 'json') return `${told}\n`
      const text = explanation === undefined ? `Service ${key} is gone.\n` : textOf(explanation, now, style)
      return before === undefined ? text : `\n${text}`
    },
  }
}

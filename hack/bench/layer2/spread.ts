/** How VIPs spread over nodes that were all there when the first came. */
import { atMost, type Row } from '../row.ts'
import type { Layer2Options } from './options.ts'
import { answered, withSegment } from './scene.ts'

/** Per cent. */
const EVEN = 10

export const spread = ({ lab, vips = 1_000, progress }: Layer2Options): Promise<readonly Row[]> =>
  withSegment({ lab: { name: lab }, vips, every: 500, progress }, async scene => {
    const owners = await answered(scene)
    const counts = [...Map.groupBy(owners.values(), node => node)].map(([, of]) => of.length)
    const nodes = scene.lab.nodes - 1
    progress(counts.join(' / '))
    const even = vips / nodes
    const most = Math.max(...counts.map(count => Math.abs(count - even)), counts.length < nodes ? even : 0)
    return [
      {
        name: `${vips} VIPs over ${nodes} nodes: most that a node is off the mean`,
        value: (most / even) * 100,
        unit: '%',
        target: atMost(EVEN),
        samples: 1,
        failures: 0,
      },
    ]
  })

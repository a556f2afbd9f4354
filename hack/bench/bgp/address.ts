/** create Service -> address: what a user waits for. */

import { atMostTimesFloor, type Row, rowOf } from '../row.ts'
import { inTurn } from '../sample.ts'
import { median, quantile } from '../statistics.ts'
import { bareGiving, giving } from './bare.ts'
import { bareAddress } from './objects.ts'
import type { BgpOptions } from './options.ts'
import { installBareLedger, withScene } from './scene.ts'

export const address = ({ lab, samples = 200, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab, progress }, async scene => {
    await installBareLedger(scene.lab)
    const { bare, fairlead } = await inTurn(
      {
        bare: round => bareGiving(scene, `bare-${round}`, bareAddress(0, round)),
        fairlead: round => giving(scene, `fairlead-${round}`),
      },
      { samples, warmUp: 20, pause: 30, progress },
    )
    return [
      rowOf('create Service -> address, p50', fairlead, { floor: median(bare), target: atMostTimesFloor(1.4) }),
      rowOf('create Service -> address, p99', fairlead, { q: 0.99, floor: quantile(bare, 0.99) }),
    ]
  })

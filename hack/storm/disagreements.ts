/** Whether all that can be seen says the same, exactly. Pure. */
import { poolDisagreements } from './agreement/pools.ts'
import { routeDisagreements } from './agreement/routes.ts'
import { serviceDisagreements } from './agreement/services.ts'
import { sessionDisagreements } from './agreement/sessions.ts'
import { toldDisagreements } from './agreement/told.ts'
import { virtualIPDisagreements } from './agreement/virtualips.ts'
import type { World } from './world.ts'

/**
 * What does not agree, a line each; none: the Services, the VirtualIPs, the Eips' counts, every gobgpd's RIB and the router's FIB
 * say the same. What should be is worked out here from scratch, slowly and simply, by what users are promised.
 */
export const disagreements = (world: World): readonly string[] => [
  ...virtualIPDisagreements(world),
  ...serviceDisagreements(world),
  ...poolDisagreements(world),
  ...toldDisagreements(world),
  ...routeDisagreements(world),
  ...sessionDisagreements(world),
]

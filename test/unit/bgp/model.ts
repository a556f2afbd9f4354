import type { Change, HeldPath, Observed } from '../../../src/bgp/router.ts'

/** A router without a network: what it holds after the steps. Throws where a real one refuses. */
export function run(observed: Observed, changes: readonly Change[]): Observed {
  return changes.reduce(step, observed)
}

function step(observed: Observed, change: Change): Observed {
  if (change.type === 'start') {
    refuseIf(observed.global !== undefined, 'started already')
    return { ...observed, global: change.global }
  }
  refuseIf(observed.global === undefined, 'not started')
  const { peers, paths } = observed
  const isPeer = (address: string) => peers.some(peer => peer.address === address)
  switch (change.type) {
    case 'addPaths':
      return { ...observed, paths: [...without(paths, change.paths), ...change.paths] }
    case 'deletePaths':
      refuseIf(change.paths.length === 0, 'delete nothing')
      return { ...observed, paths: without(paths, change.paths) }
    case 'addPeer':
      refuseIf(isPeer(change.peer.address), 'peer exists')
      return { ...observed, peers: [...peers, change.peer] }
    case 'deletePeer':
      refuseIf(!isPeer(change.address), 'no such peer')
      return { ...observed, peers: peers.filter(({ address }) => address !== change.address) }
    case 'updatePeer':
      refuseIf(!isPeer(change.peer.address), 'no such peer')
      return { ...observed, peers: peers.map(peer => (peer.address === change.peer.address ? change.peer : peer)) }
  }
}

/** The router tells paths apart by prefix and identifier, and does not look at anything else. */
function without(paths: readonly HeldPath[], gone: readonly HeldPath[]): readonly HeldPath[] {
  const keys = new Set(gone.map(({ prefix, identifier }) => `${prefix} ${identifier}`))
  return paths.filter(({ prefix, identifier }) => !keys.has(`${prefix} ${identifier}`))
}

function refuseIf(condition: boolean, why: string): void {
  if (condition) throw new Error(`the router refuses: ${why}`)
}

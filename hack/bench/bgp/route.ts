/** create Service -> kernel of the router: until packets can arrive. */
import { GobgpRouter } from '../../../src/bgp/gobgp/router.ts'
import { endpointSlices, services } from '../../../src/kube/resources.ts'
import { binary } from '../../binaries.ts'
import { type NodeName, nodeAddress, nodeName, nodeNumber, numbers } from '../../lab/addresses.ts'
import { exec } from '../../lab/exec.ts'
import { gobgpSocket } from '../../lab/nodes.ts'
import { atMostFloorPlus, type Row, rowOf } from '../row.ts'
import { inTurn } from '../sample.ts'
import { median } from '../statistics.ts'
import { bareGiving } from './bare.ts'
import { routedAt } from './changes.ts'
import { bareAddress, serviceDraft, sliceDraft } from './objects.ts'
import type { BgpOptions } from './options.ts'
import { installBareLedger, type Scene, withScene } from './scene.ts'

/** Milliseconds beyond the floor. */
const ALLOWED = 15

/**
 * Every node announces. There are two ends: the first next hop, from when on packets arrive, and all of them. The floor is
 * the bare giving of an address, and then a bare path on every node at once, until the router's kernel has it.
 */
export const route = ({ lab, samples = 100, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab, progress }, async scene => {
    await installBareLedger(scene.lab)
    const nodes = numbers(scene.lab.nodes).map(nodeName)
    const routers = nodes.map(node => ({ node, router: new GobgpRouter(gobgpSocket(scene.lab, node)) }))
    const overGrpc = (prefix: string) => routers.map(({ node, router }) => addPath(router, prefix, nextHop(node)))
    const byCommand = (prefix: string) => nodes.map(node => addByCommand(scene, node, prefix))
    const taken = await inTurn(
      {
        address: round => bareGiving(scene, `bare-${round}`, bareAddress(0, round)),
        path: round => installing(scene, bareAddress(1, round), 1, overGrpc),
        paths: round => installing(scene, bareAddress(2, round), nodes.length, overGrpc),
        command: round => installing(scene, bareAddress(3, round), 1, byCommand),
        first: round => announcing(scene, `first-${round}`, 1),
        all: round => announcing(scene, `all-${round}`, nodes.length),
      },
      { samples, warmUp: 10, pause: 50, progress },
    )
    for (const { router } of routers) router.close()
    const floor = (path: readonly number[]) => ({
      floor: median(taken.address) + median(path),
      target: atMostFloorPlus(ALLOWED),
    })
    const name = "create Service -> the router's kernel, p50"
    return [
      rowOf(`${name}; floor: address, path over gRPC`, taken.first, floor(taken.path)),
      rowOf(`${name}; floor: address, gobgp global rib add`, taken.first, floor(taken.command)),
      rowOf(`${name}, all ${nodes.length} next hops; floor: address, paths over gRPC`, taken.all, floor(taken.paths)),
      rowOf("bare path over gRPC -> the router's kernel, p50", taken.path),
      rowOf("bare gobgp global rib add -> the router's kernel, p50", taken.command),
    ]
  })

const nextHop = (node: NodeName): string => nodeAddress(nodeNumber(node)).v4

const addPath = (router: GobgpRouter, prefix: string, hop: string): Promise<void> =>
  router.apply({ type: 'addPaths', paths: [{ prefix, nextHop: hop, identifier: 1 }] })

const addByCommand = ({ lab }: Scene, node: NodeName, prefix: string): Promise<string> =>
  exec([
    binary('gobgp'),
    '--target',
    `unix://${gobgpSocket(lab, node)}`,
    'global',
    'rib',
    'add',
    prefix,
    'nexthop',
    nextHop(node),
  ])

/** Adds paths by bare means. Milliseconds until the router's kernel has so many next hops. */
async function installing(
  { fib }: Scene,
  address: string,
  hops: number,
  add: (prefix: string) => readonly Promise<unknown>[],
): Promise<number> {
  const began = Date.now()
  const [at] = await Promise.all([
    fib.next(address, found => found !== undefined && found.length >= hops),
    ...add(`${address}/32`),
  ])
  return at - began
}

/** Creates a Service, whose endpoint is there already. Milliseconds until the router's kernel has so many next hops. */
async function announcing(scene: Scene, name: string, hops: number): Promise<number> {
  await scene.client.create(endpointSlices, sliceDraft(name))
  const began = Date.now()
  const [at] = await Promise.all([routedAt(scene, name, hops), scene.client.create(services, serviceDraft(name))])
  return at - began
}

/** `npm run demo`: what Fairlead does, told with real components and what they really write. */
import { binary } from './binaries.ts'
import { chapter, say, show, until } from './demo/narrator.ts'
import { bars, requests } from './demo/requests.ts'
import { kubectl } from './lab/cluster.ts'
import { at, down, type Lab, labs, up } from './lab/lab.ts'
import { gobgpSocket, kubeconfigOf } from './lab/nodes.ts'
import { killPart, restartPart } from './lab/parts.ts'
import { runPods } from './lab/pods.ts'
import { askRouter, nextHops, routerShell } from './lab/routers.ts'
import { isInUse } from './lab/state.ts'

async function story(lab: Lab): Promise<void> {
  const kube = (...args: readonly string[]) =>
    show(
      lab,
      'control',
      [binary('kubectl'), '--kubeconfig', kubeconfigOf(lab, 'admin'), ...args],
      `kubectl ${args.join(' ')}`,
    )
  const gobgp = (args: string, keep?: RegExp) => {
    const argv = [binary('gobgp'), '--target', `unix://${gobgpSocket(lab, 'node1')}`, ...args.split(' ')]
    return show(lab, 'node1', argv, `gobgp ${args}`, keep)
  }

  chapter('A pool of addresses, our AS, the router to tell, and a Service of type LoadBalancer')
  await runPods(lab, 'web')
  await kube('apply', '-k', 'manifests/samples')
  let address = ''
  const given = await until(
    'the Service has an address',
    async () => {
      address = await kubectl(lab, ['get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'])
      return address
    },
    Boolean,
  )
  say(`the Service has an address: ${address} (seen ${given} ms later)`)
  await kube('get', 'service', 'web')

  chapter('The router, FRR, learns it over BGP from all three nodes')
  const hops = () => nextHops(lab, address)
  const routed = await until('three next hops', hops, seen => seen.length === 3)
  say(`three next hops in its kernel (seen ${routed} ms later)`)
  const ask = `show ip route ${address}`
  await show(lab, 'router', [...routerShell(lab), '-c', ask], `vtysh -c '${ask}'`)

  chapter('A client sends 60 requests: the router spreads them over the nodes')
  for (const line of bars(await requests(lab, address, 60))) say(line)

  chapter("node1's gobgpd is killed (kill -9): new requests go on")
  await killPart(lab, 'node1', 'gobgpd', 'SIGKILL')
  for (const line of bars(await requests(lab, address, 60))) say(line)
  say(`next hops in the router's kernel: ${(await hops()).join(', ')}`)
  await restartPart(lab, 'node1', 'gobgpd')
  const back = await until(
    'all three sessions',
    () => established(lab),
    seen => seen === 3,
  )
  say(`restarted, as its kubelet would: the manager put sessions and paths back (seen ${back} ms later)`)
  await until('three next hops', hops, seen => seen.length === 3)

  chapter('The BgpPeer is edited: applied to the living session')
  const timers = /BGP state|Configured hold time/
  await gobgp('neighbor 10.62.0.1', timers)
  await kube('patch', 'bgppeer', 'router', '--type=merge', '--patch={"spec":{"timers":{"config":{"holdTime":"30"}}}}')
  const applied = await until(
    'the hold time',
    () => holdTime(lab),
    seen => seen === 30,
  )
  say(`in gobgpd (seen ${applied} ms later):`)
  await gobgp('neighbor 10.62.0.1', timers)

  chapter('Who holds an address, and was it sent? In Kubernetes, and the same in gobgpd')
  await kube('get', 'service,vip,eip,bgpconf,bgppeer')
  await gobgp('neighbor')
  await gobgp('global rib')
}

/** How many of the router's sessions are up. */
async function established(lab: Lab): Promise<number> {
  const summary = JSON.parse(await askRouter(lab, 'show bgp ipv4 unicast summary json')) as {
    readonly peers?: Readonly<Record<string, { readonly state: string }>>
  }
  return Object.values(summary.peers ?? {}).filter(peer => peer.state === 'Established').length
}

/** Seconds of the configured hold time of node1's session. */
async function holdTime(lab: Lab): Promise<number | undefined> {
  const json = await at(lab, 'node1', [
    binary('gobgp'),
    '--target',
    `unix://${gobgpSocket(lab, 'node1')}`,
    'neighbor',
    '--json',
  ])
  const [peer] = JSON.parse(json) as readonly {
    readonly timers?: { readonly config?: { readonly hold_time?: number } }
  }[]
  return peer?.timers?.config?.hold_time
}

/** What demos left that were killed; one that runs in another shell is not disturbed. */
async function sweep(): Promise<void> {
  const left = (await labs()).filter(name => /^demo-\d+$/.test(name) && !isInUse(name))
  await Promise.all(left.map(down))
}

const name = `demo-${process.pid}`

let leaving = false
/** Whatever ends the demo, it takes its lab with it; only the first end counts. */
async function leave(code: number): Promise<void> {
  if (leaving) return
  leaving = true
  await down(name)
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.error('demo: interrupted; all of it is removed')
    void leave(130)
  })
}
// Nobody reads on, as after `npm run demo | head`.
process.stdout.on('error', () => void leave(1))

try {
  await sweep()
  chapter('A client, a router, three Kubernetes nodes and an API server, each in a network namespace')
  const lab = await up({ name, progress: say })
  await story(lab)
  chapter('All of it is removed')
  await leave(0)
} catch (error) {
  if (!leaving) console.error(error instanceof Error ? `demo: ${error.message}` : error)
  await leave(1)
}

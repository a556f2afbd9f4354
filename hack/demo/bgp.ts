/** BGP: a router spreads clients over the nodes, one of which goes, and settings change while it runs. */
import { binary } from '../binaries.ts'
import { at, type Lab } from '../lab/lab.ts'
import { gobgpSocket } from '../lab/nodes.ts'
import { killPart, restartPart } from '../lab/parts.ts'
import { runPods } from '../lab/pods.ts'
import { askRouter, nextHops, routerShell } from '../lab/routers.ts'
import { addressGiven, kube } from './kube.ts'
import { chapter, say, show, until } from './narrator.ts'
import { bars, requests } from './requests.ts'

export async function bgpStory(lab: Lab): Promise<void> {
  const gobgp = (args: string, keep?: RegExp) => {
    const argv = [binary('gobgp'), '--target', `unix://${gobgpSocket(lab, 'node1')}`, ...args.split(' ')]
    return show(lab, 'node1', argv, `gobgp ${args}`, keep)
  }

  chapter('A pool of addresses, our AS, the router to tell, and a Service of type LoadBalancer')
  await runPods(lab, 'web')
  await kube(lab, 'apply', '-k', 'manifests/samples')
  const address = await addressGiven(lab)

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
  await kube(
    lab,
    'patch',
    'bgppeer',
    'router',
    '--type=merge',
    '--patch={"spec":{"timers":{"config":{"holdTime":"30"}}}}',
  )
  const applied = await until(
    'the hold time',
    () => holdTime(lab),
    seen => seen === 30,
  )
  say(`in gobgpd (seen ${applied} ms later):`)
  await gobgp('neighbor 10.62.0.1', timers)

  chapter('Who holds an address, and was it sent? In Kubernetes, and the same in gobgpd')
  await kube(lab, 'get', 'service,vip,eip,bgpconf,bgppeer')
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

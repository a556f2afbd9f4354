/** Layer 2: one node answers for an address, is cut off, and another answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type NodeName, nodeMac, nodeNumber, nodeOfMac } from '../lab/addresses.ts'
import { cut, join } from '../lab/cables.ts'
import { kubectl } from '../lab/cluster.ts'
import type { Lab } from '../lab/lab.ts'
import { runPods } from '../lab/pods.ts'
import { Caller } from '../lab/segment/caller.ts'
import { setReachable } from '../lab/segment/neighbours.ts'
import { AnswerWitness } from '../lab/segment/witness.ts'
import { addressGiven, kube } from './kube.ts'
import { chapter, say, show, until } from './narrator.ts'

/** Milliseconds from one ARP request, or one HTTP request, to the next. */
const EVERY = 5

export async function layer2Story(lab: Lab): Promise<void> {
  chapter("A pool of addresses in the nodes' own network, and a Service of type LoadBalancer")
  await runPods(lab, 'web')
  await kube(lab, 'apply', '-f', 'manifests/samples/eip-layer2.yaml', '-f', 'manifests/samples/service.yaml')
  const address = await addressGiven(lab)

  chapter('One node answers for it: a neighbour asks by ARP')
  const witness = await AnswerWitness.start(lab, [address], EVERY)
  const owner = () => ownerSeen(witness, address)
  const answered = await until('somebody answers', owner, Boolean)
  const first = (await owner()) as NodeName
  say(`${first} answers (seen ${answered} ms later)`)
  await show(lab, 'neighbour', ['arping', '-c', '2', '-i', 'eth0', address], `arping -c 2 ${address}`, /bytes from/)
  await told(lab, address, first)

  chapter(`The cable of ${first} is cut: another node answers`)
  const caller = new Caller(lab, 'neighbour')
  const call = async () =>
    (await caller.firstAnswers({ addresses: [address], every: EVERY * 4, within: 20_000 })).get(address)
  say(`HTTP by the neighbour, before: the pod of ${(await call())?.node} answers`)
  await setReachable(lab, 'neighbour', new Map([[address, nodeMac(nodeNumber(first))]]))
  await witness.lap()
  const began = Date.now()
  await cut(lab, first)
  const served = await call()
  await until('another one answers', owner, node => node !== undefined && node !== first)
  const { gap = Number.NaN } = (await witness.lap()).get(address) ?? {}
  const second = (await owner()) as NodeName
  say(`${second} answers ARP: of the requests, one every ${EVERY} ms, none waited longer than ${gap.toFixed(0)} ms`)
  say(`HTTP works again ${(served?.at ?? Number.NaN) - began} ms after the cut, for a client that believed in ${first}`)
  await show(lab, 'neighbour', ['ip', 'neighbour', 'show', address], `ip neighbour show ${address}`)
  await told(lab, address, second)

  chapter(`${first} is plugged in again: nothing moves`)
  await join(lab, first)
  await sleep(4_000)
  const back = (await witness.lap()).get(address)
  const owners = back?.owners.map(({ mac }) => nodeOfMac(mac)) ?? []
  say(`four seconds later: answered by ${owners.join(', ')}; by two at once for ${back?.doubled.toFixed(0)} ms`)

  chapter(`${second} is drained: it answers until another one does`)
  await kube(lab, 'annotate', 'node', second, 'fairlead.dev/drain=true')
  await until('another one answers', owner, node => node !== undefined && node !== second)
  const drained = (await witness.lap()).get(address)
  const third = (await owner()) as NodeName
  say(`${third} answers; no request waited longer than ${drained?.gap.toFixed(1)} ms`)
  await told(lab, address, third)
  witness.stop()
  caller.stop()

  chapter('A client behind the router comes the same way')
  await show(lab, 'client', ['curl', '-sS', '--max-time', '2', `http://${address}`], `curl http://${address}`)
  await show(lab, 'router', ['ip', 'neighbour', 'show', address], `ip neighbour show ${address}`)
  await kube(lab, 'get', 'service,vip,eip')
}

/** Who answered last, if that was a moment ago. */
async function ownerSeen(witness: AnswerWitness, address: string): Promise<NodeName | undefined> {
  const last = (await witness.lastAnswers()).get(address)
  return last === undefined || Date.now() - last.at > EVERY * 20 ? undefined : nodeOfMac(last.mac)
}

/** Waits until the VirtualIP names the owner, and shows it. */
async function told(lab: Lab, address: string, node: NodeName): Promise<void> {
  const record = () => kubectl(lab, ['get', 'vip', address, '-o', 'jsonpath={.status.owners[0].node}'])
  const recorded = await until('the VirtualIP names it', record, seen => seen === node)
  say(`its VirtualIP says so (seen ${recorded} ms later):`)
  await kube(lab, 'get', 'vip', address, '-o', 'wide')
}

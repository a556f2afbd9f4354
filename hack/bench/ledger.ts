/** The throughput of the ledger through the client that the controller uses, beside that of bare requests. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import type { KubeClient } from '../../src/kube/client.ts'
import { loadKubeConfig } from '../../src/kube/config.ts'
import { createClient } from '../../src/kube/httpclient.ts'
import type { Service } from '../../src/kube/objects.ts'
import { type ObjectRef, services, virtualIPs } from '../../src/kube/resources.ts'
import { type Slots, slots } from '../../src/streams/slots.ts'
import { binary } from '../binaries.ts'
import { startControlPlane } from '../lab/controlplane.ts'
import { exec } from '../lab/exec.ts'
import { machineText } from './machine.ts'
import { median } from './statistics.ts'

interface LedgerOptions {
  readonly services: number
  readonly inFlight: number
}

export async function ledger(options: LedgerOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-ledger-'))
  const controlPlane = await startControlPlane({ directory })
  const path = controlPlane.kubeconfigs.admin
  const config = loadKubeConfig(path)
  try {
    const manifests = fileURLToPath(new URL('../../manifests/crd', import.meta.url))
    await exec([binary('kubectl'), `--kubeconfig=${path}`, 'apply', '--server-side', '--kustomize', manifests])
    await exec([binary('kubectl'), `--kubeconfig=${path}`, 'wait', '--for=condition=Established', 'crd', '--all'])
    console.log(machineText())
    console.table(await measure(createClient(config), await bareClient(path), options))
  } finally {
    await config.close()
    await controlPlane.stop()
    await rm(directory, { recursive: true })
  }
}

/** Each is done once for each Service and round, rounds taken in turn, so that noise from outside hits all alike. */
const rounds = 5

async function measure(client: KubeClient, bare: Bare, options: LedgerOptions) {
  const limit = slots(options.inFlight)
  const numbers = Array.from({ length: options.services }, (_, number) => number)
  await Promise.all(numbers.map(number => limit(() => client.create(services, serviceDraft(number)))))
  const samples = new Map<string, Sample[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [what, act]] of acts(client, bare).entries()) {
      const sample = await run(number => act(index * rounds + round, number), numbers, limit)
      samples.set(what, [...(samples.get(what) ?? []), sample])
    }
  }
  return [...samples].map(([what, all]) => ({
    what,
    'per second': Math.round(median(all.map(({ rate }) => rate))),
    best: Math.round(Math.max(...all.map(({ rate }) => rate))),
    'alone, p50 ms': Number(median(all.flatMap(({ alone }) => alone)).toFixed(1)),
    'our CPU, ms each': Number(median(all.map(({ cpu }) => cpu)).toFixed(2)),
  }))
}

/** What is done for a Service. Another block is another address for it, so that every write changes something. */
type Act = (block: number, number: number) => Promise<unknown>

function acts(client: KubeClient, bare: Bare): readonly (readonly [what: string, act: Act])[] {
  const give: Act = (block, number) =>
    client.create(virtualIPs, { metadata: { name: address(block, number) }, spec: specOf(block, number) })
  const patch: Act = (block, number) =>
    client.mergePatch(services, refOf(number), { status: statusOf(block, number) }, { subresource: 'status' })
  const apply: Act = (block, number) =>
    client.apply(
      services,
      refOf(number),
      { status: statusOf(block, number) },
      { subresource: 'status', fieldManager: 'bench' },
    )
  const both =
    (first: Act, second: Act): Act =>
    async (block, number) => {
      await first(block, number)
      await second(block, number)
    }
  return [
    ['bare: merge patch of the status', bare.patchStatus],
    ['client: merge patch of the status', patch],
    ['client: apply of the status', apply],
    ['bare: create a VirtualIP', bare.createVirtualIP],
    ['client: create a VirtualIP', give],
    ['bare: create, then merge patch', both(bare.createVirtualIP, bare.patchStatus)],
    ['client: create, then merge patch', both(give, patch)],
    ['client: create, then apply', both(give, apply)],
  ]
}

interface Sample {
  /** Per second, with as many in flight as there are slots. */
  readonly rate: number
  /** CPU time of this process for each, in milliseconds. */
  readonly cpu: number
  /** How long each of the last ones took, done one after the other, in milliseconds. */
  readonly alone: readonly number[]
}

async function run(
  act: (number: number) => Promise<unknown>,
  numbers: readonly number[],
  limit: Slots,
): Promise<Sample> {
  const together = numbers.slice(0, Math.floor(numbers.length * 0.9))
  const cpu = process.cpuUsage()
  const seconds = await secondsOf(() => Promise.all(together.map(number => limit(() => act(number)))))
  const { user, system } = process.cpuUsage(cpu)
  const alone: number[] = []
  for (const number of numbers.slice(together.length)) alone.push(1000 * (await secondsOf(() => act(number))))
  return { rate: together.length / seconds, cpu: (user + system) / 1000 / together.length, alone }
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}

const refOf = (number: number): ObjectRef & { readonly namespace: string } => ({
  namespace: 'default',
  name: `service-${number}`,
})

const serviceDraft = (number: number) => ({
  metadata: refOf(number),
  // Node ports are few.
  spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
})

const address = (block: number, number: number): string => `10.${block}.${number >> 8}.${number & 255}`

const specOf = (block: number, number: number) => ({
  address: address(block, number),
  eip: 'pool',
  protocol: 'bgp' as const,
  services: [{ ...refOf(number), uid: `uid-${number}` }],
})

const statusOf = (block: number, number: number): NonNullable<Service['status']> => ({
  loadBalancer: { ingress: [{ ip: address(block, number), ipMode: 'VIP' }] },
})

interface Bare {
  readonly patchStatus: Act
  readonly createVirtualIP: Act
}

/** Requests with nothing between them and undici but the connections they share. */
async function bareClient(kubeconfig: string): Promise<Bare> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster
  const dispatcher = new Agent({ allowH2: false, connect: { ca: Buffer.from(authority, 'base64') } })
  const send = async (method: 'POST' | 'PATCH', path: string, contentType: string, body: unknown) => {
    const answer = await request(`${server}${path}`, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${users[0].user.token}`, 'content-type': contentType },
      body: JSON.stringify(body),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(text)
  }
  const apiVersion = 'network.kubesphere.io/v1alpha2'
  return {
    patchStatus: (block, number) =>
      send('PATCH', `/api/v1/namespaces/default/services/service-${number}/status`, 'application/merge-patch+json', {
        status: statusOf(block, number),
      }),
    createVirtualIP: (block, number) =>
      send('POST', `/apis/${apiVersion}/virtualips`, 'application/json', {
        apiVersion,
        kind: 'VirtualIP',
        metadata: { name: address(block, number) },
        spec: specOf(block, number),
      }),
  }
}

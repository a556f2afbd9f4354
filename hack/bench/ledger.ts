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
import { slots } from '../../src/streams/slots.ts'
import { binary } from '../binaries.ts'
import { startControlPlane } from '../lab/controlplane.ts'
import { exec } from '../lab/exec.ts'

interface LedgerOptions {
  readonly services: number
  readonly inFlight: number
}

/** What is done for one Service, the number of which is given. */
type Act = (number: number) => Promise<unknown>

export async function ledger(options: LedgerOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-ledger-'))
  const controlPlane = await startControlPlane({ directory })
  const path = controlPlane.kubeconfigs.admin
  const config = loadKubeConfig(path)
  try {
    const manifests = fileURLToPath(new URL('../../manifests/crd', import.meta.url))
    await exec([binary('kubectl'), `--kubeconfig=${path}`, 'apply', '--server-side', '--kustomize', manifests])
    await exec([binary('kubectl'), `--kubeconfig=${path}`, 'wait', '--for=condition=Established', 'crd', '--all'])
    const rows = await measure(createClient(config), await bareClient(path), options)
    console.table(rows)
  } finally {
    await config.close()
    await controlPlane.stop()
    await rm(directory, { recursive: true })
  }
}

async function measure(client: KubeClient, bare: Bare, options: LedgerOptions) {
  const timed = (what: string, act: Act) => run(what, act, options)
  const give = (block: number) => (number: number) =>
    client.create(virtualIPs, { metadata: { name: address(block, number) }, spec: specOf(block, number) })

  return [
    await timed('create a Service', number => client.create(services, serviceDraft(number))),
    await timed('bare: merge patch of a Service status', number => bare.patchStatus(number, 1)),
    await timed('client: merge patch of a Service status', number =>
      client.mergePatch(services, refOf(number), { status: statusOf(2, number) }, { subresource: 'status' }),
    ),
    await timed('client: apply of a Service status', number => applyStatus(client, 3, number)),
    await timed('client: create a VirtualIP', give(3)),
    await timed('bare: create a VirtualIP, merge patch of the status', async number => {
      await bare.createVirtualIP(4, number)
      await bare.patchStatus(number, 4)
    }),
    await timed('client: create a VirtualIP, merge patch of the status', async number => {
      await give(5)(number)
      await client.mergePatch(services, refOf(number), { status: statusOf(5, number) }, { subresource: 'status' })
    }),
    await timed('client: create a VirtualIP, apply of the status', async number => {
      await give(6)(number)
      await applyStatus(client, 6, number)
    }),
  ]
}

/** One row: all of them with so many in flight, then some one after the other. */
async function run(what: string, act: Act, options: LedgerOptions) {
  const limit = slots(options.inFlight)
  const alone = Math.min(200, Math.floor(options.services / 5))
  const durations: number[] = []
  for (let number = 0; number < alone; number += 1) {
    const start = performance.now()
    await act(number)
    durations.push(performance.now() - start)
  }
  const start = performance.now()
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: options.services - alone }, (_, i) => limit(() => act(alone + i))))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  durations.sort((a, b) => a - b)
  const at = (share: number) => Number((durations[Math.floor(durations.length * share)] ?? 0).toFixed(1))
  return {
    what,
    'per second': Math.round((options.services - alone) / seconds),
    'one alone, p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'our CPU, ms each': Number(((user + system) / 1000 / (options.services - alone)).toFixed(2)),
  }
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

/** @param block another one for each measurement, so that every write changes something */
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

const applyStatus = (client: KubeClient, block: number, number: number) =>
  client.apply(
    services,
    refOf(number),
    { status: statusOf(block, number) },
    { subresource: 'status', fieldManager: 'bench' },
  )

interface Bare {
  patchStatus(number: number, block: number): Promise<void>
  createVirtualIP(block: number, number: number): Promise<void>
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
    patchStatus: (number, block) =>
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

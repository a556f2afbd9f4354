/** What roles give beside what was made use of, and what seldom happens made to happen. */
import { parseAllDocuments } from 'yaml'
import { auditDirectory, readAudit } from '../../hack/lab/audit.ts'
import { withClient } from '../../hack/lab/cluster.ts'
import { compare, type RbacObject, rightsOf } from '../../hack/lab/rights.ts'
import { placeDirectory } from '../../hack/lab/state.ts'
import { annotations, finalizers, systemNamespace } from '../../src/api/names.ts'
import { isApiError } from '../../src/kube/errors.ts'
import { services, virtualIPs } from '../../src/kube/resources.ts'
import { bgpConf, bgpPeer, eventually, loadBalancer, type Scenario } from '../e2e/support.ts'
import { inSystem, manifests, PATIENCE_MS, taken } from './support.ts'

const auditOf = (scene: Scenario) => readAudit(auditDirectory(placeDirectory(scene.lab, 'control')))

export interface Judgement {
  /** Rights of the roles that no request needed. */
  readonly unused: readonly string[]
  /** Requests for which there was no right. */
  readonly forbidden: readonly string[]
}

/** What service accounts may do by the manifests of a shape, beside what they asked of the API server so far. */
export async function judged(scene: Scenario, shape: string, ...accounts: readonly string[]): Promise<Judgement> {
  const objects = parseAllDocuments(await scene.kubectl('kustomize', manifests(shape)))
  const roles = objects.map(object => object.toJS() as RbacObject)
  const log = auditOf(scene)
  const each = accounts.map(account => {
    const by = `system:serviceaccount:${systemNamespace}:${account}`
    const asked = log.filter(({ user }) => user === by)
    return compare(rightsOf(by, roles), asked)
  })
  return { unused: each.flatMap(({ unused }) => unused), forbidden: each.flatMap(({ forbidden }) => forbidden) }
}

/** Waits until rights that are told like this were used. */
export const used = (scene: Scenario, which: RegExp, shape: string, ...accounts: readonly string[]) =>
  eventually(
    `it is used: ${which}`,
    async () => (await judged(scene, shape, ...accounts)).unused.filter(line => which.test(line)),
    left => left.length === 0,
    PATIENCE_MS,
  )

/** The webhook's Secret is emptied, and filled again: with a successor of the certificate that is served. */
export async function emptySecret(scene: Scenario): Promise<void> {
  const secret = ['secret/fairlead-webhook', ...inSystem] as const
  await scene.kubectl('patch', ...secret, '--type=merge', '--patch={"data":null}')
  await eventually(
    'the Secret has certificates again',
    () => scene.kubectl('get', ...secret, '-o', 'jsonpath={.data}'),
    data => data !== '',
    PATIENCE_MS,
  )
}

/** What OpenELB's finalizers keep is deleted, with OpenELB gone. */
export async function deleteOpenelbs(scene: Scenario): Promise<void> {
  const metadata = { name: 'openelbs', finalizers: [finalizers.openelbBgp] }
  const conf = { neighborAddress: '192.0.2.1', peerAs: 65_000 }
  await taken(scene, { ...bgpConf(), metadata }, { ...bgpPeer('openelbs', { conf }), metadata })
  await scene.kubectl('delete', '--timeout=60s', 'bgpconf/openelbs', 'bgppeer/openelbs')
}

/** Two Services have one address, and give it back one after the other. */
export async function share(scene: Scenario, eip: string): Promise<void> {
  const metadata = { annotations: { [annotations.eip]: eip, [annotations.allowSharedIp]: 'shared' } }
  const names = ['sharing', 'shared'] as const
  const sharers = names.map((name, n) => loadBalancer(name, { ports: [{ port: 80 + n, protocol: 'TCP' }] }, metadata))
  await scene.apply(...sharers)
  await eventually(
    'both have one address',
    () => Promise.all(names.map(name => scene.addresses(name))),
    ([one, other]) => one?.[0] !== undefined && one[0] === other?.[0],
    PATIENCE_MS,
  )
  await scene.kubectl('delete', ...names.map(name => `service/${name}`))
}

/** Services go while somebody writes on the object of their address, until one could not be deleted as it was known and was looked up. */
export async function freeUnderWrites(scene: Scenario, eip: string): Promise<void> {
  const lookups = () =>
    auditOf(scene).filter(({ verb, resource }) => verb === 'get' && resource === 'virtualips').length
  const before = lookups()
  await eventually(
    'an address is looked up',
    async () => {
      await freeUnderWritesOnce(scene, eip)
      return lookups()
    },
    count => count > before,
    PATIENCE_MS,
  )
}

/** More would keep it from going. */
const WRITES = 100

async function freeUnderWritesOnce(scene: Scenario, eip: string): Promise<void> {
  const name = 'fleeting'
  await scene.apply(loadBalancer(name, {}, { annotations: { [annotations.eip]: eip } }))
  const address = await scene.address(name)
  await withClient(scene.lab, async client => {
    const deleting = client.delete(services, { namespace: 'default', name })
    try {
      for (let count = 0; count < WRITES; count += 1)
        await client.mergePatch(virtualIPs, { name: address }, { metadata: { labels: { count: `${count}` } } })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
    await deleting
  })
}

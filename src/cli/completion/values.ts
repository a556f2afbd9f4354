import { createClient } from '../../kube/httpclient.ts'
import { keyOf, namespaces, services } from '../../kube/resources.ts'
import { connection } from '../cluster/connection.ts'
import type { Values } from './complete.ts'

/** Nobody waits longer for a shell to complete (milliseconds). */
const DEADLINE_MS = 2_000

/** What the kubeconfig and the cluster know; nothing where they do not tell: a shell has no place for the reason. */
export const valuesOf: Values = async (what, flags) => {
  try {
    return await known(what, flags)
  } catch {
    return []
  }
}

const known: Values = async (what, flags) => {
  const [kubeconfig, context] = [flags.get('--kubeconfig'), flags.get('--context')]
  const where = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }
  if (what === 'context')
    return connection(where)
      .getContexts()
      .map(({ name }) => name)
  if (what !== 'namespace' && what !== 'service') return []
  const config = connection(where)
  const client = createClient(config, { deadline: DEADLINE_MS })
  try {
    if (what === 'namespace') return (await client.list(namespaces)).items.map(({ metadata }) => metadata.name)
    const namespace = flags.get('--namespace')
    const { items } = await client.list(services, namespace === undefined ? {} : { namespace })
    return items
      .filter(({ spec }) => spec.type === 'LoadBalancer')
      .map(({ metadata }) => (namespace === undefined ? keyOf(metadata) : metadata.name))
  } finally {
    await config.close()
  }
}

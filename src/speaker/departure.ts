/** Why a speaker ends, and so what becomes of what its router announces. Pure. */
import { annotations } from '../api/names.ts'
import {
  type DaemonSet,
  type Namespace,
  type Node,
  ownerOf,
  type Pod,
  type PodSpec,
  type Toleration,
} from '../kube/objects.ts'

/**
 * - `stay`: only this process ends, or it cannot be told. gobgpd goes on as it is; should it have to end, it is told so
 *   by SIGTERM, and withdraws.
 * - `upgrade`: a successor starts on this node within the restart time (RFC 4724). The routers keep what they have until then.
 * - `leave`: nobody comes, or not surely here. Everything is withdrawn.
 */
export type Departure = 'stay' | 'upgrade' | 'leave'

/** What the API server says of the Pod that ends. Absent: it is not there. */
export interface Circumstances {
  readonly pod: Pod | undefined
  /** The DaemonSet that the Pod is of, by name; absent also if it is of something else. */
  readonly daemonSet: DaemonSet | undefined
  readonly namespace: Namespace | undefined
  readonly node: Node | undefined
}

/** Of two errors withdrawing is the smaller one: routes that nobody comes for lead into nothing for the restart time. */
export function departure({ pod, daemonSet, namespace, node }: Circumstances): Departure {
  if (pod?.metadata.deletionTimestamp === undefined) return 'stay'
  const owner = ownerOf(pod)
  const replaces = daemonSet !== undefined && owner?.uid === daemonSet.metadata.uid && lives(daemonSet)
  return replaces && lives(namespace) && staysInService(node) && runsOn(daemonSet.spec.template.spec, node)
    ? 'upgrade'
    : 'leave'
}

const lives = (object: Namespace | Node | DaemonSet | undefined): boolean =>
  object !== undefined && object.metadata.deletionTimestamp === undefined

/** A node that is being shut down, or whose kubelet is away, is not Ready: it starts no Pod. */
function staysInService(node: Node | undefined): node is Node {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready')
  return lives(node) && ready?.status === 'True' && !(annotations.drain in (node?.metadata.annotations ?? {}))
}

/** Whether the DaemonSet controller puts a Pod like this on the node; affinity, which is not looked into, counts as no. */
function runsOn({ nodeSelector = {}, affinity, tolerations = [] }: PodSpec, { metadata, spec }: Node): boolean {
  const keepsOut = (spec?.taints ?? []).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  return (
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined &&
    Object.entries(nodeSelector).every(([key, value]) => metadata.labels?.[key] === value) &&
    keepsOut.every(taint => [...everyDaemonSets, ...tolerations].some(toleration => tolerates(toleration, taint)))
  )
}

/** The tolerations that the DaemonSet controller adds to those of Pods in the host's network. */
const everyDaemonSets: readonly Toleration[] = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
  'network-unavailable',
].map(condition => ({ key: `node.kubernetes.io/${condition}`, operator: 'Exists' }))

function tolerates(
  { key, operator = 'Equal', value = '', effect }: Toleration,
  taint: { readonly key: string; readonly value?: string; readonly effect: string },
): boolean {
  return (
    (effect === undefined || effect === taint.effect) &&
    (key === undefined ? operator === 'Exists' : key === taint.key) &&
    (operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? '')))
  )
}

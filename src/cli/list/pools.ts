/** `fairlead pools`: what there is to give, and how much of it is given. Pure. */
import type { Eip } from '../../api/eip.ts'
import { conditionTypes } from '../../api/names.ts'
import type { LabelSelector } from '../../api/schema.ts'
import { poolTold } from '../../controller/poolstatus.ts'
import type { Allocator } from '../../ipam/allocator.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import { allocatorOf } from '../cluster/allocator.ts'
import type { Pool } from './shapes.ts'

/** By name. What is in use is counted in the ledger, which is ahead of the counts in an Eip's status. */
export function pools(snapshot: Snapshot): ReadonlyMap<string, Pool> {
  const allocator = allocatorOf(snapshot)
  return new Map(
    [...snapshot.eips.values()]
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
      .map(eip => [eip.metadata.name, poolOf(eip, allocator)]),
  )
}

function poolOf(eip: Eip, allocator: Allocator): Pool {
  const { metadata, spec } = eip
  const { name } = metadata
  const pool = allocator.eip(name)
  const entries = allocator.entriesOfEip(name)
  const finding = poolTold(eip, allocator).findings.find(({ type }) => type === conditionTypes.ready)
  const told = finding?.status === 'True' && spec.disable === true ? disabled : finding
  return {
    name,
    mode: spec.protocol ?? 'bgp',
    addresses: [spec.address, ...(spec.addresses ?? [])],
    used: entries.length,
    held: entries.filter(entry => entry.held !== undefined).length,
    reserved: entries.filter(entry => entry.services.length === 0 && entry.held === undefined).length,
    size: `${pool?.size ?? 0n}`,
    ready: told?.status === 'True',
    reason: told?.reason ?? '',
    message: told?.message ?? '',
    priority: spec.priority ?? 0,
    default: pool?.isDefault ?? false,
    autoAssign: spec.autoAssign ?? true,
    boundTo: boundTo(spec),
    created: metadata.creationTimestamp,
  }
}

const disabled = { status: 'False', reason: 'Disabled', message: 'It gives nothing new.' } as const

function boundTo({ namespaces = [], namespaceSelector = {}, serviceSelector }: Eip['spec']): string[] {
  const labels = Object.entries(namespaceSelector).map(([key, value]) => `${key}=${value}`)
  return [
    ...namespaces.map(namespace => `namespace ${namespace}`),
    ...(labels.length > 0 ? [`namespaces with ${labels.join(',')}`] : []),
    ...terms(serviceSelector).map(term => `Services with ${term}`),
  ]
}

function terms({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): readonly string[] {
  const all = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator} ${values.join('|')}`.trim()),
  ]
  return all.length === 0 ? [] : [all.join(',')]
}

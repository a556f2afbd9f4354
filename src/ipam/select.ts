import { annotations } from '../api/names.ts'
import type { LabelSelector } from '../api/schema.ts'
import { matchesSelector } from '../api/selector.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import type { Family } from '../net/address.ts'
import type { Allocator } from './allocator.ts'
import type { EipPool } from './eippool.ts'
import { type AllocationFailure, few, isFailure } from './failure.ts'
import type { Request } from './request.ts'

/** A Service and what its choice of an Eip depends on. */
export interface Asker {
  readonly service: Service
  readonly namespaceLabels: Readonly<Record<string, string>>
  readonly request: Request
}

/**
 * The Eips that may give a Service an address of a family, the one to try first in front. That is the one it names, or,
 * without a name, all that may serve it: first those bound to its namespace or to its labels, then the default Eip,
 * then by priority, the lowest number first (as in OpenELB), then by name. Whether an address is free is not looked at.
 */
export function selectEips(family: Family, asker: Asker, allocator: Allocator): readonly EipPool[] | AllocationFailure {
  const { eip: name } = asker.request
  if (name !== undefined) {
    const eip = namedEip(name, allocator)
    if (isFailure(eip)) return eip
    return refusal(eip, asker) ?? lacksFamily(eip, family) ?? [eip]
  }
  const all = eipsInOrder(family, asker, allocator)
  const eips = all.flatMap(({ eip, refused }) => (refused === undefined ? eip : []))
  return eips.length > 0
    ? eips
    : noMatchingEip(
        asker.service,
        all.flatMap(({ refused }) => refused?.message ?? []),
      )
}

/** Every Eip in the order in which a Service that names none tries them, with why it may not give it one of a family. */
export function eipsInOrder(
  family: Family,
  asker: Asker,
  allocator: Allocator,
): readonly { readonly eip: EipPool; readonly refused: Refusal | undefined }[] {
  return [...allocator.eips()].sort(inOrder).map(eip => ({
    eip,
    refused: refusal(eip, asker) ?? lacksFamily(eip, family) ?? keptBack(eip),
  }))
}

/** Also an Eip that serves only who names it is passed over. */
export interface Refusal {
  readonly reason: AllocationFailure['reason'] | 'NotAutoAssigned'
  readonly message: string
}

export function namedEip(name: string, allocator: Allocator): EipPool | AllocationFailure {
  const message = `annotation ${annotations.eip} names Eip ${name}, which does not exist`
  return allocator.eip(name) ?? { reason: 'EipNotFound', message }
}

/**
 * Why an Eip may not give a Service anything new, named or not. A bound Eip serves only what it is bound to: a namespace in
 * `namespaces` or whose labels fit `namespaceSelector`, and Services whose labels fit `serviceSelector`.
 */
export function refusal(eip: EipPool, { service, namespaceLabels, request }: Asker): AllocationFailure | undefined {
  const { namespace = '', labels = {} } = service.metadata
  if (eip.deleting) return { reason: 'EipDeleting', message: `Eip ${eip.name} is being deleted` }
  if (eip.spec.disable === true) return { reason: 'EipDisabled', message: `Eip ${eip.name} is disabled` }
  if (isBoundToNamespaces(eip) && !servesNamespace(eip, namespace, namespaceLabels)) {
    return { reason: 'EipRestricted', message: `Eip ${eip.name} is not for namespace ${namespace}` }
  }
  if (!matchesSelector(eip.spec.serviceSelector, labels)) {
    return { reason: 'EipRestricted', message: `Eip ${eip.name} is not for Services with these labels` }
  }
  if (request.protocol !== undefined && request.protocol !== eip.protocol) {
    const message = `annotation ${annotations.protocol} asks for ${request.protocol}, but Eip ${eip.name} is ${eip.protocol}`
    return { reason: 'ConflictingRequest', message }
  }
  return undefined
}

export function lacksFamily(eip: EipPool, family: Family): AllocationFailure | undefined {
  if (eip.has(family)) return undefined
  const [problem] = eip.problems
  if (problem !== undefined) return { reason: 'EipInvalid', message: `Eip ${eip.name}: ${problem.message}` }
  return { reason: 'EipLacksFamily', message: `Eip ${eip.name} has no IPv${family} address` }
}

function keptBack(eip: EipPool): Refusal | undefined {
  if (eip.spec.autoAssign !== false) return undefined
  return { reason: 'NotAutoAssigned', message: `Eip ${eip.name} has autoAssign false` }
}

function noMatchingEip(service: Service, refusals: readonly string[]): AllocationFailure {
  const why = refusals.length > 0 ? few(refusals, '; ') : 'there is none'
  return { reason: 'NoMatchingEip', message: `no Eip may serve ${keyOf(service.metadata)}: ${why}` }
}

function inOrder(a: EipPool, b: EipPool): number {
  return (
    Number(isBound(b)) - Number(isBound(a)) ||
    Number(b.isDefault) - Number(a.isDefault) ||
    (a.spec.priority ?? 0) - (b.spec.priority ?? 0) ||
    (a.name < b.name ? -1 : 1)
  )
}

function isBound(eip: EipPool): boolean {
  return isBoundToNamespaces(eip) || !isEmpty(eip.spec.serviceSelector)
}

function isBoundToNamespaces({ spec: { namespaces = [], namespaceSelector = {} } }: EipPool): boolean {
  return namespaces.length > 0 || Object.keys(namespaceSelector).length > 0
}

function servesNamespace({ spec }: EipPool, namespace: string, labels: Readonly<Record<string, string>>): boolean {
  const { namespaces = [], namespaceSelector = {} } = spec
  if (namespaces.includes(namespace)) return true
  return Object.keys(namespaceSelector).length > 0 && matchesSelector({ matchLabels: namespaceSelector }, labels)
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}

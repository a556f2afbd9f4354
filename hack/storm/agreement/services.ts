/** The Services: each has what it has a right to, says so, and nothing else. */
import type { IPFamily, Service } from '../../../src/kube/objects.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import type { World } from '../world.ts'
import { askedBy, familyOf, heldBy, isOurs, told } from './facts.ts'
import { isSatisfied, obstacles } from './wants.ts'

export const serviceDisagreements = (world: World): readonly string[] =>
  world.services.flatMap(service => {
    const lines = isOurs(service) ? ofOurs(service, world) : ofOthers(service)
    return lines.map(line => `Service ${keyOf(service.metadata)}: ${line}`)
  })

const conditionsOf = (service: Service) =>
  (service.status?.conditions ?? []).filter(({ type }) => type.startsWith('fairlead.dev/'))

const ofOthers = (service: Service): string[] => [
  ...(told(service).length > 0 ? [`tells ${told(service).join()}, and is not ours to serve`] : []),
  ...conditionsOf(service).map(({ type }) => `has condition ${type}, and is not ours to serve`),
]

function ofOurs(service: Service, world: World): string[] {
  const held = heldBy(service, world)
  const families = service.spec.ipFamilies ?? []
  const addresses = held.map(({ spec }) => spec.address)
  const ingress = service.status?.loadBalancer?.ingress ?? []
  return [
    ...(told(service).join() === addresses.join()
      ? []
      : [`tells ${told(service).join() || 'nothing'}, the ledger says ${addresses.join() || 'nothing'}`]),
    ...(ingress.every(({ ipMode }) => ipMode === 'VIP') ? [] : ['has an ingress without ipMode VIP']),
    ...addresses
      .filter((address, index) => addresses.findIndex(other => familyOf(other) === familyOf(address)) !== index)
      .map(address => `has ${address} besides another one of its family`),
    ...addresses
      .filter(address => !families.includes(familyOf(address)))
      .map(address => `has ${address}, and is of ${families.join()}`),
    ...idleWaits(service, world),
    ...allocated(service, world),
  ]
}

const unsatisfied = (service: Service, world: World): readonly IPFamily[] =>
  (service.spec.ipFamilies ?? []).filter(family => !isSatisfied(service, family, world))

/** RequireDualStack takes neither without the other. */
function idleWaits(service: Service, world: World): string[] {
  const waiting = unsatisfied(service, world)
  const idle = waiting.filter(family => obstacles(service, family, world).length === 0)
  if (service.spec.ipFamilyPolicy === 'RequireDualStack' && idle.length < waiting.length) return []
  return idle.map(family => `has no ${family} address that it asks for, though there is one`)
}

function allocated(service: Service, world: World): string[] {
  const held = heldBy(service, world)
  const has = (family: IPFamily) => held.some(({ spec }) => familyOf(spec.address) === family)
  const asks = (family: IPFamily) => askedBy(service).addresses.some(asked => familyOf(asked) === family)
  const prefers = service.spec.ipFamilyPolicy === 'PreferDualStack' && held.length > 0
  const lacking = unsatisfied(service, world).filter(family => !(prefers && !has(family) && !asks(family)))
  const reasons = new Set(
    torn(service, world) ? ['ConflictingRequest'] : lacking.flatMap(family => obstacles(service, family, world)),
  )
  const condition = conditionsOf(service).find(({ type }) => type === 'fairlead.dev/Allocated')
  if (condition === undefined) return ['does not say whether it has its addresses']
  const { status, reason, message } = condition
  if (reasons.size > 0) {
    const right = status === 'False' && reasons.has(reason)
    return right
      ? staleHolder(service, message, reason, world)
      : [`says ${status} ${reason}, and it is ${[...reasons].join(' or ')}`]
  }
  if (lacking.length > 0) return []
  const missing = held.filter(({ spec }) => !message.includes(`${spec.address} from Eip ${spec.eip}`))
  return status === 'True' && missing.length === 0
    ? []
    : [`says ${status} ${reason} (${message}), and has all it asks for`]
}

const torn = (service: Service, world: World): boolean =>
  (service.spec.ipFamilies ?? []).some(family => obstacles(service, family, world).includes('ConflictingRequest'))

/** Who is told to have an address has it. */
function staleHolder(service: Service, message: string, reason: string, { virtualIPs }: World): string[] {
  if (reason !== 'AddressInUse') return []
  const { addresses } = askedBy(service)
  const holder = virtualIPs
    .find(({ spec }) => addresses.includes(spec.address))
    ?.spec.services.map(keyOf)
    .join(';')
  return message.includes(` ${holder}.`) ? [] : [`says "${message}", and ${holder} has it`]
}

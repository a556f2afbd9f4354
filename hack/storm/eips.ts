/** The storm's Eips, and what Services ask of them. Pure. */
import type { Edit, EipIntent, Request } from './actions.ts'
import { addressOf, largest } from './addresses.ts'
import type { Random } from './random.ts'

const block = (index: number) => index * largest

/** Too few for all: who comes late waits, until somebody leaves or an Eip is enlarged. */
export function eipsBefore(services: number): readonly EipIntent[] {
  const part = (percent: number) => Math.max(2, Math.round((services * percent) / 100))
  const shared = { autoAssign: true, disable: false, priority: 0 }
  return [
    { ...shared, name: 'main', first: block(0), count: part(25) },
    { ...shared, name: 'spare', first: block(1), count: part(10), priority: 1 },
    { ...shared, name: 'tight', first: block(2), count: part(3), autoAssign: false },
    { ...shared, name: 'asked', first: block(3), count: part(8), autoAssign: false },
  ]
}

export function editEip(random: Random, eips: readonly EipIntent[]): Extract<Edit, { readonly eip: EipIntent }> {
  const eip = random.pick(eips)
  if (random.chance(60)) {
    return { type: 'enlarge', eip: { ...eip, count: Math.min(largest, eip.count + Math.ceil(eip.count / 10)) } }
  }
  return { type: eip.disable ? 'enable' : 'disable', eip: { ...eip, disable: !eip.disable } }
}

/** Most ask for nothing in particular; addresses are asked for by several, and some are in no Eip. */
export function newRequest(random: Random, services: number): Request {
  const asked = eipsBefore(services)[3] as EipIntent
  const address = () =>
    addressOf(asked.first + random.below(Math.ceil(asked.count * 1.3)), random.pick(['IPv4', 'IPv6']))
  switch (random.weighted({ nothing: 60, eip: 12, annotation: 8, field: 8, both: 4, main: 4, nowhere: 2, torn: 2 })) {
    case 'nothing':
      return {}
    case 'eip':
      return { eip: 'tight' }
    case 'annotation':
      return { address: address() }
    case 'field':
      return { loadBalancerIP: address() }
    case 'both':
      return { eip: 'asked', address: address() }
    case 'main':
      return { address: addressOf(random.below(asked.count), random.pick(['IPv4', 'IPv6'])) }
    case 'nowhere':
      return { eip: 'nowhere' }
    case 'torn':
      return { address: addressOf(asked.first, 'IPv4'), loadBalancerIP: addressOf(asked.first + 1, 'IPv4') }
  }
}

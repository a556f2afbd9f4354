/** The command line's words, checked against a lab. Each throws a LabError that says what there is. */
import { InvalidArgumentError } from 'commander'
import { type NodeName, type Place, places } from './addresses.ts'
import type { Cabled } from './cables.ts'
import { LabError } from './lab.ts'
import { isPart, type Part, placesOf } from './parts.ts'
import type { Lab } from './state.ts'

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.')
  return Number(text)
}

export function partIn(part: string): Part {
  if (!isPart(part)) throw new LabError(`there is no "${part}" in a lab`)
  return part
}

export function placeIn(lab: Lab, place: string): Place {
  const known = places(lab.nodes)
  const found = known.find(candidate => candidate === place)
  if (found === undefined) throw new LabError(`there is no "${place}" in this lab; there are ${known.join(', ')}`)
  return found
}

export function placeOf(lab: Lab, part: Part, place: string | undefined): Place {
  const having = placesOf(lab, part)
  const [only] = having
  if (only === undefined) throw new LabError(`this lab has no ${part}`)
  if (place === undefined) {
    if (having.length > 1) throw new LabError(`which ${part}? There is one on ${having.join(', ')}`)
    return only
  }
  const found = having.find(candidate => candidate === place)
  if (found === undefined) throw new LabError(`there is no ${part} on "${place}", but on ${having.join(', ')}`)
  return found
}

export function cabledIn(lab: Lab, place: string): Cabled {
  const found = placeIn(lab, place)
  if (found === 'control' || found.startsWith('node')) return found as NodeName | 'control'
  throw new LabError(`"${place}" has no cable to cut: nodes and control have`)
}

export const onBridge = (lab: Lab, place: string): Cabled | 'router' =>
  place === 'router' ? place : cabledIn(lab, place)

import { conditionTypes } from '../api/names.ts'
import type { Finding } from './conditions.ts'

/** Names the fields that are set and that this version does not act on, so that none is silently ignored. */
export function fieldsFinding(unacted: readonly string[], observedGeneration: number): Finding {
  const type = conditionTypes.fieldsActedOn
  if (unacted.length === 0) {
    return {
      type,
      status: 'True',
      reason: 'AllFields',
      message: 'Every field that is set is acted on.',
      observedGeneration,
    }
  }
  const message = `Accepted, but not acted on by this version: ${unacted.map(field => `spec.${field}`).join(', ')}.`
  return { type, status: 'False', reason: 'SomeFieldsNotActedOn', message, observedGeneration }
}

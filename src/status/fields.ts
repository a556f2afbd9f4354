import { conditionTypes } from '../api/names.ts'
import type { Finding } from './conditions.ts'
import type { FieldsReason } from './reasons.ts'

/**
 * Names the fields that are set and that this version does not act on, so that none is silently ignored.
 *
 * @param remark a sentence about a field that it does not act on here; absent: there is none
 */
export function fieldsFinding(
  unacted: readonly string[],
  observedGeneration: number,
  remark?: string,
): Finding<FieldsReason> {
  const type = conditionTypes.fieldsActedOn
  if (unacted.length === 0 && remark === undefined) {
    return {
      type,
      status: 'True',
      reason: 'AllFields',
      message: 'Every field that is set is acted on.',
      observedGeneration,
    }
  }
  const list = unacted.map(field => `spec.${field}`).join(', ')
  const sentences = [
    ...(list === '' ? [] : [`Accepted, but not acted on by this version: ${list}.`]),
    ...(remark === undefined ? [] : [remark]),
  ]
  const message = sentences.join(' ')
  return { type, status: 'False', reason: 'SomeFieldsNotActedOn', message, observedGeneration }
}

/** The API server's record of what was asked of it by Fairlead's service accounts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemNamespace } from '../../src/api/names.ts'
import type { Asked } from './rights.ts'

/** What an API server's audit reads and writes, in the directory of its control plane. */
export const auditDirectory = (controlPlane: string): string => join(controlPlane, 'audit')

const policyIn = (directory: string): string => join(directory, 'policy.json')
const logIn = (directory: string): string => join(directory, 'audit.log')

const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  // What was answered is told when it was, also of a watch that goes on.
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: [`system:serviceaccounts:${systemNamespace}`] }, { level: 'None' }],
}

/** Of `audit.k8s.io/v1`, what is read. */
interface Event {
  readonly verb: string
  readonly user: { readonly username: string }
  /** Absent: not about an object, as in `/version`. */
  readonly objectRef?: {
    readonly resource: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
    readonly apiGroup?: string
  }
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * Writes what an API server that audits reads.
 *
 * @param directory made if missing
 */
export function writeAuditPolicy(directory: string): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(policyIn(directory), JSON.stringify(policy, undefined, 2))
}

/** Of kube-apiserver, by their names. Nothing is lost by rotation: a file may have more megabytes than a lab ever writes. */
export const auditOptions = (directory: string): Readonly<Record<string, string>> => ({
  'audit-policy-file': policyIn(directory),
  'audit-log-path': logIn(directory),
  'audit-log-maxsize': '10000',
})

/** All that was asked so far, and answered. */
export const readAudit = (directory: string): readonly Asked[] => audited(readFileSync(logIn(directory), 'utf8'))

/** @param text a JSON object on each line; the last one may still be being written */
export const audited = (text: string): readonly Asked[] =>
  text
    .split('\n')
    .slice(0, -1)
    .flatMap(line => {
      const { verb, user, objectRef, annotations } = JSON.parse(line) as Event
      if (objectRef === undefined) return []
      const { resource, subresource, apiGroup = '', namespace, name } = objectRef
      return {
        user: user.username,
        verb,
        group: apiGroup,
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
        isAllowed: annotations?.['authorization.k8s.io/decision'] === 'allow',
      }
    })

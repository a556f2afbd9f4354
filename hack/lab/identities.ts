/** Who may talk to the lab's API server, and how. */
import { randomBytes } from 'node:crypto'
import { systemNamespace } from '../../src/api/names.ts'

const serviceAccount = (name: string): User => ({
  user: `system:serviceaccount:${systemNamespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${systemNamespace}`],
})

interface User {
  readonly user: string
  readonly groups: readonly string[]
}

/**
 * Our own identities are the users that the ServiceAccounts of manifests/rbac
 * authenticate as, so that its rules are what is exercised.
 */
export const users = {
  admin: { user: 'admin', groups: ['system:masters'] },
  controller: serviceAccount('fairlead-controller'),
  speaker: serviceAccount('fairlead-speaker'),
  manager: serviceAccount('fairlead-manager'),
  /** May nothing but what is bound to them. */
  viewer: { user: 'viewer', groups: [] },
  stranger: { user: 'stranger', groups: [] },
  proxy: { user: 'system:kube-proxy', groups: [] },
} as const satisfies Record<string, User>

export type Identity = keyof typeof users
export const identities = Object.keys(users) as readonly Identity[]

export type Tokens = Readonly<Record<Identity, string>>

export const newTokens = (): Tokens =>
  Object.fromEntries(identities.map(identity => [identity, randomBytes(16).toString('hex')])) as Tokens

/** The file of kube-apiserver's --token-auth-file: token, user, uid and, if there are any, the quoted groups. */
export const tokenFile = (tokens: Tokens): string =>
  identities
    .map(identity => {
      const { user, groups } = users[identity]
      const line = [tokens[identity], user, user].join()
      return groups.length === 0 ? `${line}\n` : `${line},"${groups.join()}"\n`
    })
    .join('')

/** A kubeconfig, in JSON, which is YAML. */
export const kubeconfig = (server: string, certificateAuthority: string, user: string, token: string): string =>
  JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: { server, 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') },
        },
      ],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
      'current-context': 'lab',
    },
    null,
    2,
  )

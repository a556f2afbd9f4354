/** What roles allow, and which of it was made use of. Pure. */

/** Of the manifests' objects, what is read of roles and what binds them. */
export interface RbacObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[]
}

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** One verb on one resource. */
export interface Right {
  /** As in `Role fairlead-speaker`. */
  readonly role: string
  readonly verb: string
  /** Empty: the core group. */
  readonly group: string
  /** As in `services/status`. */
  readonly resource: string
  /** Where it holds; absent: everywhere. */
  readonly namespace?: string
  /** Of the only object that it holds for; absent: it holds for all. */
  readonly name?: string
}

/** A request, as the API server's audit log has it. */
export interface Asked {
  /** As in `system:serviceaccount:NAMESPACE:NAME`. */
  readonly user: string
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  /** Whether it had a right: what else it may be refused for is another matter. */
  readonly isAllowed: boolean
}

const serviceAccountPrefix = 'system:serviceaccount:'

/**
 * What a service account may do by these objects, each right once for each rule that gives it.
 *
 * @param user as in `system:serviceaccount:NAMESPACE:NAME`
 */
export function rightsOf(user: string, objects: readonly RbacObject[]): readonly Right[] {
  const isUser = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }) =>
    kind === 'ServiceAccount' && `${serviceAccountPrefix}${namespace}:${name}` === user
  return objects
    .filter(({ subjects = [] }) => subjects.some(isUser))
    .flatMap(({ kind, metadata: { namespace: where }, roleRef }) => {
      const isIn = (namespace: string | undefined) => roleRef?.kind === 'ClusterRole' || namespace === where
      const { rules = [] } =
        objects.find(
          ({ kind, metadata: { name, namespace } }) =>
            kind === roleRef?.kind && name === roleRef.name && isIn(namespace),
        ) ?? {}
      const scope = kind === 'ClusterRoleBinding' || where === undefined ? {} : { namespace: where }
      return rules.flatMap(expanded).map(right => ({ role: `${roleRef?.kind} ${roleRef?.name}`, ...right, ...scope }))
    })
}

const expanded = ({ apiGroups = [], resources = [], resourceNames, verbs }: Rule) =>
  apiGroups.flatMap(group =>
    resources.flatMap(resource =>
      verbs.flatMap(verb => {
        const right = { verb, group, resource }
        return resourceNames === undefined ? [right] : resourceNames.map(name => ({ ...right, name }))
      }),
    ),
  )

/** The rights that none of these requests needed, and what was asked for without one, each as people read it. */
export function compare(
  rights: readonly Right[],
  asked: readonly Asked[],
): { readonly unused: readonly string[]; readonly forbidden: readonly string[] } {
  const allowed = asked.filter(({ isAllowed }) => isAllowed)
  const unused = rights.filter(right => !allowed.some(request => needs(request, right)))
  const forbidden = asked.filter(({ isAllowed }) => !isAllowed)
  return {
    unused: distinct(unused.map(right => `${right.role}: ${told(right)}`)),
    forbidden: distinct(
      forbidden.map(request => `${request.user.slice(serviceAccountPrefix.length)}: ${told(request)}`),
    ),
  }
}

const needs = (request: Asked, { verb, group, resource, namespace, name }: Right): boolean =>
  request.verb === verb &&
  request.group === group &&
  request.resource === resource &&
  (namespace === undefined || request.namespace === namespace) &&
  (name === undefined || request.name === name)

const told = ({ verb, group, resource, namespace, name }: Omit<Right, 'role'>): string =>
  [
    `${verb} ${group === '' ? resource : `${resource}.${group}`}`,
    ...(name === undefined ? [] : [`"${name}"`]),
    ...(namespace === undefined ? [] : [`in ${namespace}`]),
  ].join(' ')

const distinct = (lines: readonly string[]): readonly string[] => [...new Set(lines)]

import type { EndpointSlice, IPFamily } from '../kube/objects.ts'

/** Where a Service's traffic can be served, by one family. */
export interface Serving {
  readonly any: boolean
  readonly nodes: ReadonlySet<string>
}

/**
 * The nodes with a serving endpoint: ready, or terminating while it still serves (KEP-1669). An absent `ready` means
 * ready, an absent `serving` means what `ready` says (discovery.k8s.io/v1).
 */
export function serving(slices: Iterable<EndpointSlice>, family: IPFamily): Serving {
  const nodes = new Set<string>()
  let any = false
  for (const slice of slices) {
    if (slice.addressType !== family) continue
    for (const { conditions, nodeName } of slice.endpoints ?? []) {
      const ready = conditions?.ready ?? true
      if (!ready && !(conditions?.serving ?? ready)) continue
      any = true
      if (nodeName !== undefined) nodes.add(nodeName)
    }
  }
  return { any, nodes }
}

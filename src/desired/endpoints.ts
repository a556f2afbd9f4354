import type { EndpointSlice, IPFamily } from '../kube/objects.ts'

/** Where a Service's traffic can be served, by one family. */
export interface Serving {
  readonly any: boolean
  readonly nodes: ReadonlySet<string>
}

/**
 * The nodes with an endpoint that is ready; if none is, those with one that still serves while it terminates, as kube-proxy
 * does it (KEP-1669): a node whose last one terminates is left while it can still serve whoever is on the way. An absent
 * `ready` means ready, an absent `serving` means what `ready` says (discovery.k8s.io/v1).
 */
export function serving(slices: Iterable<EndpointSlice>, family: IPFamily): Serving {
  const [ready, ending] = [new Set<string>(), new Set<string>()]
  let anyReady = false
  let any = false
  for (const slice of slices) {
    if (slice.addressType !== family) continue
    for (const { conditions, nodeName } of slice.endpoints ?? []) {
      const isReady = conditions?.ready ?? true
      if (!isReady && !(conditions?.serving ?? isReady)) continue
      any = true
      anyReady ||= isReady
      if (nodeName !== undefined) (isReady ? ready : ending).add(nodeName)
    }
  }
  return { any, nodes: anyReady ? ready : ending }
}

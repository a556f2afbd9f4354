/** A client's requests, each on a connection of its own, and where they went. */
import { at, type Lab } from '../lab/lab.ts'

interface Answer {
  /** The node of the pod that answered. */
  readonly node: string
  /** Whom the pod saw: the node that the router had chosen. */
  readonly client: string
}

export interface Outcome {
  /** How many requests each node took from the router, by name. */
  readonly takenBy: ReadonlyMap<string, number>
  readonly failed: number
}

/** Sends requests, a few at a time; one that has no answer within 2 s has failed. */
export async function requests(lab: Lab, address: string, count: number): Promise<Outcome> {
  const takenBy = new Map<string, number>()
  let failed = 0
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      const node = await request(lab, address)
      if (node === undefined) failed++
      else takenBy.set(node, (takenBy.get(node) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  return { takenBy, failed }
}

async function request(lab: Lab, address: string): Promise<string | undefined> {
  try {
    const { client } = JSON.parse(await at(lab, 'client', ['curl', '-sfm2', `http://${address}`])) as Answer
    return nodeOf(client)
  } catch {
    return undefined
  }
}

/** kube-proxy masquerades: as the node on the nodes' network, or as the gateway of a pod on the same node. */
function nodeOf(client: string): string {
  const [, , third = '', fourth = ''] = client.split('.')
  return client.startsWith('10.62.') ? `node${Number(fourth) - 10}` : `node${third}`
}

export const bars = ({ takenBy, failed }: Outcome): readonly string[] => [
  ...[...takenBy]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([node, count]) => `${node}  ${'█'.repeat(count)} ${count}`),
  `failed ${failed}`,
]

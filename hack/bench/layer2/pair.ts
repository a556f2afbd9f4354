/** A client and a node with one cable between them, each in a network namespace: nothing else is on their network. */
import { exec } from '../../lab/exec.ts'

const names = ['client', 'node'] as const
type Name = (typeof names)[number]

const addresses: Readonly<Record<Name, string>> = { client: '10.62.0.1', node: '10.62.0.2' }
const interfaceName = 'eth0'

export interface Host {
  readonly namespace: string
  /** Of its own. */
  readonly address: string
  readonly interface: string
}

export type Pair = Readonly<Record<Name, Host>>

/** Made for `use`, and gone after it whatever happens. Both are in 10.62.0.0/16. */
export async function withPair<T>(name: string, use: (pair: Pair) => Promise<T>): Promise<T> {
  const host = (which: Name): Host => ({
    namespace: `${name}-${which}`,
    address: addresses[which],
    interface: interfaceName,
  })
  const pair = { client: host('client'), node: host('node') }
  const remove = async () => {
    for (const { namespace } of Object.values(pair)) await exec(['ip', 'netns', 'delete', namespace]).catch(() => {})
  }
  const interrupted = () => void remove().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    for (const { namespace } of Object.values(pair)) await exec(['ip', 'netns', 'add', namespace])
    const [from, to] = [pair.client.namespace, pair.node.namespace]
    const cable = `link add ${interfaceName} netns ${from} type veth peer name ${interfaceName} netns ${to}`
    await exec(['ip', ...cable.split(' ')])
    for (const { namespace, address } of Object.values(pair)) {
      const lines = [`addr add ${address}/16 dev ${interfaceName}`, `link set ${interfaceName} up`]
      await exec(['ip', '-netns', namespace, '-batch', '-'], { input: lines.join('\n') })
    }
    return await use(pair)
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await remove()
  }
}

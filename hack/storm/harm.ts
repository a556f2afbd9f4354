/** The storm's faults in the lab: each is done, waited for, and undone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { labels, systemNamespace } from '../../src/api/names.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import { leases, nodes } from '../../src/kube/resources.ts'
import type { Place } from '../lab/addresses.ts'
import type { Lab } from '../lab/lab.ts'
import { isRunningPart, killPart, type Part, signalPart, startPart } from '../lab/parts.ts'
import type { Fault } from './actions.ts'
import { persistently } from './edit.ts'

export class Harm {
  readonly #lab: Lab
  readonly #client: KubeClient
  /** By process: of two faults of the same one, the later waits. */
  readonly #last = new Map<string, Promise<void>>()

  #apiServer: Promise<void> = Promise.resolve()

  constructor(lab: Lab, client: KubeClient) {
    this.#lab = lab
    this.#client = client
  }

  /**
   * Resolves while the API server is not being restarted. Whatever balances its load sends nothing to one that is not ready;
   * this one dies if Services change while it checks their ports for the first time.
   */
  apiServer(): Promise<void> {
    return this.#apiServer
  }

  /** Resolves when the fault is undone. */
  async suffer(fault: Fault): Promise<void> {
    if (fault.type === 'exclude') return this.#exclude(fault.node, fault.ms)
    const [place, part] = await this.#find(fault)
    const key = `${place}.${part}`
    const before = this.#last.get(key)
    const done = (async () => {
      await before
      if (fault.type === 'pause') await this.#pause(place, part, fault.ms)
      else await this.#end(place, part, fault.type === 'crash' ? 'SIGKILL' : 'SIGTERM', fault.ms)
    })()
    this.#last.set(key, done)
    if (part === 'kube-apiserver') this.#apiServer = done
    return done
  }

  async #pause(place: Place, part: Part, ms: number): Promise<void> {
    signalPart(this.#lab, place, part, 'SIGSTOP')
    await sleep(ms)
    signalPart(this.#lab, place, part, 'SIGCONT')
  }

  async #end(place: Place, part: Part, signal: NodeJS.Signals, ms: number): Promise<void> {
    await killPart(this.#lab, place, part, signal)
    await sleep(ms)
    await startPart(this.#lab, place, part).catch((error: unknown) => {
      // One that is slow on a busy machine is waited for by whoever needs it.
      if (!isRunningPart(this.#lab, place, part)) throw error
    })
  }

  async #exclude(name: string, ms: number): Promise<void> {
    const label = (value: string | null) =>
      persistently(() =>
        this.#client.mergePatch(
          nodes,
          { name },
          { metadata: { labels: { [labels.excludeFromLoadBalancers]: value } } },
        ),
      )
    await label('')
    await sleep(ms)
    await label(null)
  }

  async #find(fault: Exclude<Fault, { readonly type: 'exclude' }>): Promise<readonly [Place, Part]> {
    if (fault.part === 'leader') return this.#leader()
    return fault.part === 'kube-apiserver' ? ['control', fault.part] : [fault.node, fault.part]
  }

  /** Whoever has the Lease, or had it last. */
  async #leader(): Promise<readonly [Place, Part]> {
    const ref = { namespace: systemNamespace, name: 'fairlead-controller' }
    const { spec } = await persistently(() => this.#client.get(leases, ref))
    const holder = spec?.holderIdentity?.split('_')[0]
    if (this.#lab.shape === 'compact') return [holder === 'node2' ? 'node2' : 'node1', 'manager']
    return ['control', holder === 'controller2' ? 'controller2' : 'controller1']
  }
}

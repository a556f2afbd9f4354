/**
 * A node as far as layer 2 goes: `host.ts NODE KEY`. Reads orders from its standard input and writes events to its standard output, one
 * JSON value a line, until it is killed or has left.
 */
import { createInterface } from 'node:readline'
import type { Vip } from '../../../src/layer2/responder.ts'
import { WorkerResponder } from '../../../src/layer2/worker/responder.ts'

export interface HostOrder {
  /** Addresses, and what they are from now on: `candidates` as an array; null: no more. */
  readonly update?: {
    readonly addresses: readonly string[]
    readonly interfaces: readonly string[]
    readonly candidates: readonly string[]
  }
  readonly able?: boolean
  readonly leave?: true
  readonly counters?: true
  /** Does nothing else for so long (milliseconds). */
  readonly block?: number
}

const [node = '', key = ''] = process.argv.slice(2)
const responder = new WorkerResponder({
  node,
  key: Buffer.from(key, 'hex'),
  notJoined: (error, address, name) => say({ type: 'notJoined', address, interface: name, error: String(error) }),
})
const say = (value: unknown): void => console.log(JSON.stringify(value))

responder.events.subscribe({
  next: say,
  error: error => {
    console.error(error)
    process.exit(1)
  },
})
for await (const line of createInterface(process.stdin)) {
  const { update, able, leave, counters, block } = JSON.parse(line) as HostOrder
  if (update) {
    const vip: Vip = {
      interfaces: update.interfaces,
      candidates: new Set(update.candidates),
      weights: new Map(),
      ownedElsewhere: false,
    }
    responder.update(
      new Map(update.addresses.map(address => [address, update.interfaces.length > 0 ? vip : undefined])),
    )
  }
  if (able !== undefined) responder.setAble(able)
  if (block !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, block)
  if (counters) say({ type: 'counters', counters: responder.counters() })
  if (leave) {
    await responder.leave()
    say({ type: 'left' })
    await responder.close()
    process.exit(0)
  }
}
await responder.close()

/**
 * A responder that owns many VIPs, as a speaker runs it. Its arguments are its interface, the first VIP and how many. It says
 * `ready` when it answers for all; told anything on its standard input, it keeps its main thread busy for half of the time
 * from then on. It ends with its standard input.
 */
import { createInterface } from 'node:readline'
import { filter, skip, take } from 'rxjs'
import { WorkerResponder } from '../../../src/layer2/worker/responder.ts'
import { consecutive } from './addresses.ts'

const node = 'node'
const BUSY_MS = 50

const [name = '', first = '', count = ''] = process.argv.slice(2)
const vips = consecutive(first, Number(count))
const responder = new WorkerResponder({ node, key: new Uint8Array(32), notJoined: () => {} })
responder.events
  .pipe(
    filter(({ type }) => type === 'owned'),
    skip(vips.length - 1),
    take(1),
  )
  .subscribe(() => console.log('ready'))
const vip = {
  candidates: new Set([node]),
  weights: new Map<string, number>(),
  ownedElsewhere: false,
  interfaces: [name],
}
responder.update(new Map(vips.map(address => [address, vip])))

for await (const _ of createInterface(process.stdin)) {
  setInterval(() => {
    for (const end = performance.now() + BUSY_MS; performance.now() < end; );
  }, 2 * BUSY_MS)
}
process.exit()

/**
 * A client's load, run where the client is; `load.ts` starts it. usage: load-client.ts CONNECTIONS ADDRESS…
 *
 * To each address it keeps so many connections open, with an exchange every 50 ms, and opens another one every 50 ms. A
 * line on stdin asks for what happened since the last; it ends with stdin.
 */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broken, Load } from './load.ts'
import { podPort } from './nodes.ts'

const EVERY_MS = 50
/** Whoever waits for so long calls it a failure. */
const PATIENCE_MS = 2_000

const began = () => ({ opened: 0, failed: [] as Broken[], exchanges: 0, broken: [] as Broken[] })
let load = began()
/** New connections that are under way. */
const opening = new Set<Promise<void>>()
/** Of each connection that is kept open: its next exchange, or its end. */
const next: PromiseWithResolvers<void>[] = []

/**
 * Exchanges as long as `again` says so after an answer.
 *
 * @returns what went wrong, if anything did
 */
function talk(address: string, again: () => boolean): Promise<Broken | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: address, port: podPort, noDelay: true, timeout: PATIENCE_MS })
    const end = (reason: string) => {
      resolve({ at: Date.now(), address, reason })
      socket.destroy()
    }
    const ask = () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${address.includes(':') ? `[${address}]` : address}\r\n\r\n`)
    let answer = ''
    socket.setEncoding('utf8')
    socket.once('connect', ask)
    socket.on('data', (piece: string) => {
      answer += piece
      // A pod's server answers with one line of JSON.
      if (!/\r\n\r\n\{.*\}\n$/s.test(answer)) return
      answer = ''
      if (again()) return void setTimeout(ask, EVERY_MS)
      resolve(undefined)
      socket.destroy()
    })
    socket.once('timeout', () => end('no answer'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    socket.once('end', () => end('closed'))
  })
}

async function keepOpen(address: string, slot: number): Promise<never> {
  for (;;) {
    let answered = false
    const problem = await talk(address, () => {
      answered = true
      load.exchanges += 1
      exchanged(slot)
      return true
    })
    // What never was established is a new connection that failed.
    if (problem !== undefined) (answered ? load.broken : load.failed).push(problem)
    exchanged(slot)
    await sleep(EVERY_MS)
  }
}

function exchanged(slot: number): void {
  next[slot]?.resolve()
  next[slot] = Promise.withResolvers()
}

async function openOne(address: string): Promise<void> {
  const problem = await talk(address, () => false)
  load.opened += 1
  if (problem !== undefined) load.failed.push(problem)
}

async function tell(): Promise<void> {
  await Promise.all([...opening, ...next.map(({ promise }) => promise)])
  console.log(JSON.stringify(load satisfies Load))
  load = began()
}

const [connections, ...addresses] = process.argv.slice(2)
for (const address of addresses) {
  for (let count = 0; count < Number(connections); count++) {
    const slot = next.push(Promise.withResolvers()) - 1
    void keepOpen(address, slot)
  }
  setInterval(() => {
    const one = openOne(address).finally(() => opening.delete(one))
    opening.add(one)
  }, EVERY_MS)
}
createInterface({ input: process.stdin })
  .on('line', () => void tell())
  .on('close', () => process.exit())

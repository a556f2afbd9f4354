/**
 * Calls addresses until they answer, run where the client is; `caller.ts` starts it.
 *
 * A line on stdin is a `Call`, the line on stdout that answers it the `Answered` of each address, in order. It ends with stdin.
 */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { podPort } from '../nodes.ts'
import type { Call, FirstAnswer } from './caller.ts'

/** Begins a connection every so often, until one of them has an answer: what was lost with its SYN would take a second. */
function firstAnswer(address: string, { every, within }: Call, delay: number): Promise<FirstAnswer | null> {
  return new Promise(resolve => {
    const sockets = new Set<Socket>()
    const began = Date.now()
    const attempt = () => {
      const socket = connect({ host: address, port: podPort, noDelay: true })
      sockets.add(socket)
      let text = ''
      socket.setEncoding('latin1')
      socket.once('connect', () => {
        const host = address.includes(':') ? `[${address}]` : address
        socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      })
      socket.on('data', (piece: string) => {
        text += piece
        const node = /"node":"([^"]+)"/.exec(text)?.[1]
        if (node !== undefined) end({ at: Date.now(), node })
      })
      socket.once('error', () => sockets.delete(socket))
    }
    let timer: NodeJS.Timeout | undefined
    const start = setTimeout(() => {
      attempt()
      timer = setInterval(() => (Date.now() - began > within ? end(null) : attempt()), every)
    }, delay)
    const end = (result: FirstAnswer | null) => {
      clearTimeout(start)
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      resolve(result)
    }
  })
}

createInterface({ input: process.stdin })
  .on('line', line => {
    const call = JSON.parse(line) as Call
    const { addresses, every } = call
    const answers = addresses.map((address, index) => firstAnswer(address, call, (index * every) / addresses.length))
    void Promise.all(answers).then(all => console.log(JSON.stringify(all)))
  })
  .on('close', () => process.exit())

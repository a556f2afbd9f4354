/**
 * Sends Ethernet frames as they are given; `sender.ts` starts it. usage: sender-process.ts INTERFACE
 *
 * A line on stdin is what to do from now on: an object of `frames` (base64), all to be sent every so many milliseconds, evenly
 * spread; or of `once`, to be sent now. It ends with stdin.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { toUs } from '../../../src/layer2/socket/filter.ts'
import { PacketSocket } from '../../../src/layer2/socket/packet.ts'
import type { Order } from './sender.ts'

const [device = ''] = process.argv.slice(2)
const index = Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'))
/** Of no protocol: it receives nothing. */
const socket = new PacketSocket(index, 0, toUs)

let frames: readonly Buffer[] = []
let every = 1
let began = 0
let sent = 0

setInterval(() => {
  const due = Math.floor(((performance.now() - began) * frames.length) / every)
  // After a time without a CPU it goes on, and does not make up for it.
  sent = Math.max(sent, due - frames.length)
  for (; sent < due; sent += 1) socket.send(frames[sent % frames.length] as Buffer)
}, 1)

const decode = (texts: readonly string[]): readonly Buffer[] => texts.map(text => Buffer.from(text, 'base64'))

createInterface({ input: process.stdin })
  .on('line', line => {
    const order = JSON.parse(line) as Order
    if ('once' in order) {
      for (const frame of decode(order.once)) socket.send(frame)
      return
    }
    frames = decode(order.frames)
    every = order.every
    began = performance.now()
    sent = 0
  })
  .on('close', () => process.exit())

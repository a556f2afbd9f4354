/** Asks the Node process whose inspector listens in this network namespace for the bytes of heap that it uses, garbage aside. */
import { setTimeout as sleep } from 'node:timers/promises'

const list = 'http://127.0.0.1:9229/json/list'

async function inspector(): Promise<WebSocket> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [target] = (await (await fetch(list)).json()) as readonly { readonly webSocketDebuggerUrl: string }[]
      return new WebSocket(target?.webSocketDebuggerUrl ?? '')
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
}

const socket = await inspector()
await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }))

function call(id: number, method: string, params: object = {}): Promise<unknown> {
  return new Promise(resolve => {
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(`${data}`) as { readonly id?: number; readonly result: unknown }
      if (answer.id === id) resolve(answer.result)
    })
    socket.send(JSON.stringify({ id, method, params }))
  })
}

await call(1, 'HeapProfiler.collectGarbage')
const { usedSize } = (await call(2, 'Runtime.getHeapUsage')) as { readonly usedSize: number }
console.log(usedSize)
socket.close()

/** V8's inspector of the Node process that has its own open in this network namespace, as a Node process has after SIGUSR1. */
import { setTimeout as sleep } from 'node:timers/promises'

const list = 'http://127.0.0.1:9229/json/list'

/** Resolves to a function that calls a method of the inspector's protocol, and one that ends the conversation. */
export async function inspect() {
  const socket = await connect()
  await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }))
  let calls = 0
  const call = (method: string, params: object = {}): Promise<unknown> =>
    new Promise(resolve => {
      calls += 1
      const id = calls
      socket.addEventListener('message', ({ data }) => {
        const answer = JSON.parse(`${data}`) as { readonly id?: number; readonly result: unknown }
        if (answer.id === id) resolve(answer.result)
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  return { call, close: () => socket.close() }
}

async function connect(): Promise<WebSocket> {
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

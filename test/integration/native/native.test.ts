/** The native modules that layer 2 needs do on this Node what they are there for. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import test from 'ava'
import { exec } from '../../../hack/lab/exec.ts'

const [node, client] = ['fl-native-node', 'fl-native-client']
const vip = '10.67.0.1'
/** The solicited-node group of fd67::1:2345 (RFC 4291 section 2.7.1). */
const group = 'ff02::1:ff01:2345'
let host: ChildProcess | undefined

test.before(async () => {
  for (const namespace of [node, client]) await exec(['ip', 'netns', 'add', namespace])
  await exec(['ip', 'link', 'add', 'eth0', 'netns', node, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', client])
  for (const namespace of [node, client]) await exec(['ip', '-n', namespace, 'link', 'set', 'eth0', 'up'])
  await exec(['ip', '-n', client, 'address', 'add', '10.67.0.2/24', 'dev', 'eth0'])
  const script = new URL('host.ts', import.meta.url).pathname
  host = spawn('ip', ['netns', 'exec', node, process.execPath, script, 'eth0', vip, group], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = new Set<string>()
  if (host.stdout === null) throw new TypeError('the host has no standard output')
  for await (const line of createInterface(host.stdout)) {
    said.add(line)
    if (said.has('listening') && said.has('joined')) return
  }
  throw new Error(`the host ended after it said: ${[...said].join(', ')}`)
})

test.after.always(async () => {
  if (host?.exitCode === null && host.kill('SIGKILL')) await once(host, 'exit')
  for (const namespace of [node, client]) await exec(['ip', 'netns', 'delete', namespace]).catch(() => {})
})

test.serial('koffi: a worker answers ARP on AF_PACKET for an address that no interface has', async t => {
  const text = await exec(['arping', '-c', '3', '-i', 'eth0', vip], { namespace: client })
  t.regex(text, /3 packets received/)
})

test.serial('koffi: other addresses are not answered', async t => {
  const error = await t.throwsAsync(
    exec(['arping', '-c', '1', '-w', '1', '-i', 'eth0', '10.67.0.9'], { namespace: client }),
  )
  t.regex(error.message, /arping/)
})

test.serial('raw-socket: joins a solicited-node group, so that switches with MLD snooping deliver', async t => {
  t.regex(await exec(['ip', 'maddress', 'show', 'dev', 'eth0'], { namespace: node }), new RegExp(group))
})

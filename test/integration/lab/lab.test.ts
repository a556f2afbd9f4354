/** The lab without managers: what all the tests in it stand on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { type NodeName, type Place, routerAddress, routerAs } from '../../../hack/lab/addresses.ts'
import { cut, cutOneWay, join, joinOneWay } from '../../../hack/lab/cables.ts'
import { kubectl } from '../../../hack/lab/cluster.ts'
import { CommandFailed, exec } from '../../../hack/lab/exec.ts'
import { at, describe, down, type Lab, LabError, labs, up } from '../../../hack/lab/lab.ts'
import { namespacesOf } from '../../../hack/lab/netns.ts'
import { gobgpSocket } from '../../../hack/lab/nodes.ts'
import { isRunningPart, killPart, processOf, restartPart, signalPart } from '../../../hack/lab/parts.ts'
import { removePod, runPods, setReady, terminatePod } from '../../../hack/lab/pods.ts'
import { isPaused, type ProcessRecord } from '../../../hack/lab/processes.ts'
import { nextHops } from '../../../hack/lab/routers.ts'
import { labDirectory } from '../../../hack/lab/state.ts'
import { eventually } from '../../e2e/support.ts'

let frr: Lab
let bird: Lab

test.before('two labs come up side by side', async t => {
  t.timeout(180_000)
  const made = await Promise.all([
    up({ name: 'itest-frr', manager: false }),
    up({ name: 'itest-bird', nodes: 1, router: 'bird', manager: false }),
  ])
  frr = made[0]
  bird = made[1]
})

test.after.always('they are removed', () => Promise.all(['itest-frr', 'itest-bird', 'itest-crash'].map(down)))

const succeeds = (result: Promise<unknown>): Promise<boolean> =>
  result.then(
    () => true,
    () => false,
  )

/** Whether a place gets answers from an address. */
const reaches = (lab: Lab, from: Place, address: string): Promise<boolean> =>
  succeeds(at(lab, from, ['ping', '-c1', '-W1', address]))

test.serial('each lab has an API server of its own, which knows its nodes', async t => {
  const names = async (lab: Lab) => (await kubectl(lab, ['get', 'nodes', '-o', 'name'])).trim().split('\n')
  t.deepEqual(await names(frr), ['node/node1', 'node/node2', 'node/node3'])
  t.deepEqual(await names(bird), ['node/node1'])
})

test.serial('a client reaches nodes through the router, both families; the same addresses in both labs', async t => {
  for (const address of ['10.62.0.11', 'fd62::11']) {
    t.true(await reaches(frr, 'client', address))
    t.true(await reaches(bird, 'client', address))
  }
  t.true(await reaches(frr, 'client', '10.62.0.13'))
  t.false(await reaches(bird, 'client', '10.62.0.13'))
})

test.serial('kube-proxy forwards to the pods that the endpoint controller found', async t => {
  await runPods(frr, 'web')
  await kubectl(frr, ['create', 'service', 'nodeport', 'web', '--tcp=80', '--node-port=30080'])
  const endpoints = async (jsonpath: string) => {
    const selection = ['endpointslices', '-l', 'kubernetes.io/service-name=web', '-o']
    const text = await kubectl(frr, ['get', ...selection, `jsonpath={range .items[*].endpoints[*]}${jsonpath}{end}`])
    return text.trim().split(' ').filter(Boolean).sort()
  }
  const ready = () => endpoints('{.targetRef.name}={.conditions.ready} ')
  const answers = async () => {
    const texts = await Promise.all(
      Array.from({ length: 12 }, () =>
        at(frr, 'client', ['curl', '-sm2', 'http://10.62.0.12:30080']).catch(() => '{}'),
      ),
    )
    return [...new Set(texts.map(text => (JSON.parse(text) as { node?: string }).node ?? 'nobody'))].sort().join()
  }
  await eventually('every pod answers', answers, seen => seen === 'node1,node2,node3')
  await setReady(frr, 'web-node2', false)
  await eventually('one is not ready', ready, ([, two]) => two === 'web-node2=false')
  await eventually('and does not answer', answers, seen => seen === 'node1,node3')
  await terminatePod(frr, 'web-node1')
  const terminating = await eventually(
    'one is terminating',
    () => endpoints('{.targetRef.name}={.conditions.serving},{.conditions.terminating} '),
    ([one]) => one?.endsWith(',true') === true,
  )
  t.is(terminating[0], 'web-node1=true,true')
  await removePod(frr, 'web-node1')
  await eventually('it is gone', ready, seen => seen.join() === 'web-node2=false,web-node3=true')
})

for (const [name, labOf] of [
  ['FRR', () => frr],
  ['BIRD', () => bird],
] as const) {
  test.serial(`${name} takes sessions and routes of both families from any node`, async t => {
    const lab = labOf()
    const gobgp = (...args: readonly string[]) =>
      at(lab, 'node1', [binary('gobgp'), '--target', `unix://${gobgpSocket(lab, 'node1')}`, ...args])
    await gobgp('global', 'as', '64512', 'router-id', '10.62.0.11')
    await gobgp('neighbor', 'add', routerAddress.v4, 'as', `${routerAs}`, 'family', 'ipv4-unicast')
    await gobgp('neighbor', 'add', routerAddress.v6, 'as', `${routerAs}`, 'family', 'ipv6-unicast')
    await gobgp('global', 'rib', 'add', '10.66.0.1/32', '-a', 'ipv4')
    await gobgp('global', 'rib', 'add', 'fd66::1/128', '-a', 'ipv6')
    const hops = async () => [...(await nextHops(lab, '10.66.0.1')), ...(await nextHops(lab, 'fd66::1'))].length
    await eventually('both routes are in the kernel', hops, seen => seen === 2)
    t.deepEqual(await nextHops(lab, '10.66.0.1'), ['10.62.0.11'])
  })
}

test.serial('a cable cut and joined: the node is away, then back', async t => {
  await cut(frr, 'node3')
  t.false(await reaches(frr, 'client', '10.62.0.13'))
  t.false(await reaches(frr, 'node3', '10.62.0.1'))
  t.true(await reaches(frr, 'client', '10.62.0.12'))
  await join(frr, 'node3')
  await eventually('back', () => reaches(frr, 'client', '10.62.0.13'), Boolean)
  t.true(await reaches(frr, 'client', 'fd62::13'))
})

test.serial('one direction cut and joined: what is sent the other way still arrives', async t => {
  const echoes = async (node: NodeName) => {
    const [names = '', values = ''] = (await at(frr, node, ['grep', '^Icmp:', '/proc/net/snmp'])).split('\n')
    return Number(values.split(' ')[names.split(' ').indexOf('InEchos')])
  }
  t.true(await reaches(frr, 'node1', '10.62.0.13'))
  await cutOneWay(frr, 'node1', 'node3')
  const before = { node1: await echoes('node1'), node3: await echoes('node3') }
  t.false(await reaches(frr, 'node1', '10.62.0.13'))
  t.false(await reaches(frr, 'node3', '10.62.0.11'))
  t.is((await echoes('node1')) - before.node1, 1)
  t.is((await echoes('node3')) - before.node3, 0)
  t.true(await reaches(frr, 'node1', '10.62.0.12'))
  await joinOneWay(frr, 'node1', 'node3')
  t.true(await reaches(frr, 'node1', '10.62.0.13'))
  await cutOneWay(frr, 'router', 'node1')
  t.false(await reaches(frr, 'client', '10.62.0.11'))
  t.true(await reaches(frr, 'node2', '10.62.0.11'))
  await joinOneWay(frr, 'router', 'node1')
  t.true(await reaches(frr, 'client', '10.62.0.11'))
})

test.serial('a killed part stays dead until restart; a paused one goes on', async t => {
  await killPart(frr, 'node2', 'gobgpd', 'SIGKILL')
  t.false(isRunningPart(frr, 'node2', 'gobgpd'))
  const killed = processOf(frr, 'node2', 'gobgpd')
  await restartPart(frr, 'node2', 'gobgpd')
  t.true(isRunningPart(frr, 'node2', 'gobgpd'))
  t.not(processOf(frr, 'node2', 'gobgpd')?.pid, killed?.pid)
  signalPart(frr, 'control', 'kube-apiserver', 'SIGSTOP')
  const apiServer = processOf(frr, 'control', 'kube-apiserver') as ProcessRecord
  await eventually('paused', () => isPaused(apiServer), Boolean)
  t.false(await succeeds(kubectl(frr, ['get', 'nodes', '--request-timeout=1s'])))
  signalPart(frr, 'control', 'kube-apiserver', 'SIGCONT')
  await kubectl(frr, ['get', 'nodes'])
})

const commandLine = fileURLToPath(new URL('../../../hack/lab.ts', import.meta.url))
const lab = (...args: readonly string[]): Promise<string> => exec([process.execPath, commandLine, ...args])

test.serial('the command line acts on the same lab, and names what is wrong with a command', async t => {
  t.deepEqual(JSON.parse(await lab('status', '--name', 'itest-frr', '--json')), describe(frr))
  t.is(await lab('exec', '--name', 'itest-frr', 'node2', '--', 'echo', '-n', '--name'), '--name')
  await lab('kill', '--name', 'itest-frr', 'gobgpd', 'node2', '-9')
  t.false(isRunningPart(frr, 'node2', 'gobgpd'))
  await lab('restart', '--name', 'itest-frr', 'gobgpd', 'node2')
  t.true(isRunningPart(frr, 'node2', 'gobgpd'))
  for (const [args, message] of [
    [['status', '--name', 'nowhere'], /^lab: there is no lab "nowhere"/],
    [['kill', '--name', 'itest-frr', 'gobgpd'], /^lab: which gobgpd\? There is one on node1, node2, node3$/],
    [['cut', '--name', 'itest-frr', 'node9'], /^lab: there is no "node9" in this lab/],
    [['up', '--name', 'itest-frr'], /^lab: the lab "itest-frr" is up/],
    [['up', '--name', 'Not_This'], /^lab: a lab is named by/],
    [['up', '--nodes', '0'], /^lab: a lab has 1 to 100 nodes/],
  ] as const) {
    const error = await t.throwsAsync(lab(...args), { instanceOf: CommandFailed })
    t.regex(error.stderr.trim(), message)
  }
})

test.serial('what a lab whose maker was killed left is removed by the next of its name', async t => {
  const script = `import { up } from ${JSON.stringify(new URL('../../../hack/lab/lab.ts', import.meta.url).href)}
    await up({ name: 'itest-crash', nodes: 1, manager: false, progress: console.log })`
  const maker = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  // It tells of the third stage once the API server and the router run.
  await new Promise<void>((resolve, reject) => {
    let output = ''
    maker.stdout.on('data', chunk => {
      output += chunk
      if (output.split('\n').length > 3) resolve()
    })
    maker.once('exit', () => reject(new Error(`it ended by itself: ${output}`)))
  })
  maker.kill('SIGKILL')
  await once(maker, 'exit')
  t.true((await labs()).includes('itest-crash'))
  const again = await up({ name: 'itest-crash', nodes: 1, manager: false })
  t.true(await reaches(again, 'client', '10.62.0.11'))
  await down('itest-crash')
  t.deepEqual(await processesOf('itest-crash'), [])
  t.false((await labs()).includes('itest-crash'))
})

/** Command lines of a lab's processes: all of them name its directory or run in its namespaces. */
async function processesOf(name: string): Promise<readonly string[]> {
  const inside = await Promise.all((await namespacesOf(name)).map(one => exec(['ip', 'netns', 'pids', one])))
  const naming = await exec(['pgrep', '-f', `${labDirectory(name)}/`]).catch(() => '')
  return [...inside, naming].flatMap(text => text.split('\n').filter(Boolean))
}

test.serial('down leaves no namespace, no process, no link and no file', async t => {
  t.true((await processesOf('itest-frr')).length > 0)
  await down('itest-frr')
  t.deepEqual(await namespacesOf('itest-frr'), [])
  t.deepEqual(await processesOf('itest-frr'), [])
  t.false(existsSync(labDirectory('itest-frr')))
  t.false(await succeeds(exec(['ip', 'link', 'show', `fairlead${frr.index}`])))
  t.true(await reaches(bird, 'client', '10.62.0.11'))
  await t.throwsAsync(up({ name: 'itest-bird' }), { instanceOf: LabError })
})

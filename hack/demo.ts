/** `npm run demo`: what Fairlead does, told with real components and what they really write. */
import { Command, Option } from 'commander'
import { bgpStory } from './demo/bgp.ts'
import { layer2Story } from './demo/layer2.ts'
import { chapter, say } from './demo/narrator.ts'
import { down, labs, up } from './lab/lab.ts'
import { isInUse } from './lab/state.ts'

const stories = { bgp: bgpStory, layer2: layer2Story }
const modes = Object.keys(stories) as readonly (keyof typeof stories)[]

const { mode } = new Command('demo')
  .description('Fairlead at work in a lab of network namespaces, told step by step.')
  .addOption(new Option('--mode <mode>', 'how addresses are announced').choices(modes).default('bgp'))
  .parse()
  .opts<{ readonly mode: keyof typeof stories }>()

/** What demos left that were killed; one that runs in another shell is not disturbed. */
async function sweep(): Promise<void> {
  const left = (await labs()).filter(name => /^demo-\d+$/.test(name) && !isInUse(name))
  await Promise.all(left.map(down))
}

const name = `demo-${process.pid}`

let leaving = false
/** Whatever ends the demo, it takes its lab with it; only the first end counts. */
async function leave(code: number): Promise<void> {
  if (leaving) return
  leaving = true
  await down(name)
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.error('demo: interrupted; all of it is removed')
    void leave(130)
  })
}
// Nobody reads on, as after `npm run demo | head`.
process.stdout.on('error', () => void leave(1))

try {
  await sweep()
  chapter('A client, a router, three Kubernetes nodes and an API server, each in a network namespace')
  const lab = await up({ name, progress: say })
  await stories[mode](lab)
  chapter('All of it is removed')
  await leave(0)
} catch (error) {
  if (!leaving) console.error(error instanceof Error ? `demo: ${error.message}` : error)
  await leave(1)
}

/** The images as they were built: what is in them is what their SBOMs say, and no more than it takes to run. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import packageJson from '../../package.json' with { type: 'json' }
import { Image } from './image.ts'
import { images } from './support.ts'

const names = ['manager', 'gobgp'] as const
const opened = new Map<string, Image>()
const image = (name: (typeof names)[number]) => opened.get(name) as Image

test.before(async t => {
  t.timeout(120_000)
  for (const name of names) opened.set(name, await Image.open(join(images, `${name}.tar`)))
})
test.after.always(() => Promise.all([...opened.values()].map(one => one.close())))

interface Package {
  readonly name: string
  readonly version: string
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>
}

const sorted = (packages: readonly Package[]) => packages.map(({ name, version }) => `${name}@${version}`).toSorted()

test('the manager’s SBOM has every npm package that is in the image, and no other', async t => {
  const paths = [...image('manager').files.keys()].filter(path =>
    /^fairlead\/(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^@/][^/]*\/package\.json$/.test(path),
  )
  const installed = (await image('manager').readAll(paths)).map(text => JSON.parse(text) as Package)
  const bom = JSON.parse(await image('manager').read('usr/share/sbom/manager.cdx.json')) as {
    readonly bomFormat: string
    readonly components: readonly Package[]
  }
  t.is(bom.bomFormat, 'CycloneDX')
  t.true(installed.length > Object.keys(packageJson.dependencies).length)
  t.deepEqual(sorted(bom.components), sorted(installed))
  const here = new Set(installed.map(({ name }) => name))
  for (const name of Object.keys(packageJson.dependencies)) t.true(here.has(name), name)
  const lock = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock
  const development = Object.keys(lock.packages).filter(path => lock.packages[path]?.dev === true)
  t.true(development.length > 0)
  t.deepEqual(
    development.filter(path => image('manager').files.has(`fairlead/${path}`)),
    [],
  )
})

test('gobgp’s list of modules has both programs, and the version of GoBGP that go.mod pins', async t => {
  const goMod = await readFile(new URL('../../hack/gobgp/go.mod', import.meta.url), 'utf8')
  const [, version = ''] = /github\.com\/osrg\/gobgp\/v4 (v\S+)/.exec(goMod) ?? []
  const list = await image('gobgp').read('usr/share/sbom/gobgp.modules.txt')
  const programs = list.split(/^(?=\S)/m)
  t.is(programs.length, 2)
  for (const [index, program] of ['gobgp', 'gobgpd'].entries()) {
    const told = programs[index] ?? ''
    t.true(told.startsWith(`/out/${program}: go`))
    t.true(told.includes(`\tpath\tgithub.com/osrg/gobgp/v4/cmd/${program}\n`))
    t.regex(told, new RegExp(`\t(?:mod|dep)\tgithub\\.com/osrg/gobgp/v4\t${version.replaceAll('.', '\\.')}\t`))
    t.true(image('gobgp').files.has(`usr/local/bin/${program}`))
  }
})

for (const name of names) {
  test(`${name}: neither a compiler nor a package manager of a language is in it`, t => {
    const tools = /(?:^|\/)s?bin\/(?:cc|gcc|g\+\+|clang|make|go|python3?|npm|npx|yarn|corepack|node-gyp)$/
    t.deepEqual(
      [...image(name).files.keys()].filter(path => tools.test(path) || path.startsWith('usr/local/lib/node_modules')),
      [],
    )
  })

  test(`${name}: it runs as nobody in particular, and tells what it is`, t => {
    const { User, Labels } = image(name).settings
    t.is(User, '65532:65532')
    const told = (key: string) => Labels[`org.opencontainers.image.${key}`]
    t.deepEqual(
      [told('title'), told('licenses'), told('version')],
      [`Fairlead ${name}`, packageJson.license, packageJson.version],
    )
    t.regex(told('revision') ?? '', /^[0-9a-f]{40}$|^unknown$/)
  })
}

for (const [name, capabilities] of [
  ['manager', 'cap_net_admin,cap_net_raw,cap_sys_nice=p'],
  ['gobgp', 'cap_net_bind_service=p'],
] as const) {
  test(`${name}: one file has capabilities, and just those that its Pod adds`, async t => {
    const starred = [...image(name).files].filter(([, { mode }]) => mode.endsWith('*')).map(([path]) => path)
    t.deepEqual(starred, ['usr/local/bin/ambient'])
    t.is(await image(name).capabilities('usr/local/bin/ambient'), capabilities)
  })
}

test('the manager starts from what Node made of its sources when the image was built', async t => {
  t.timeout(120_000)
  const printed = await image('manager').run(['all', '--help'], ['NODE_DEBUG_NATIVE=COMPILE_CACHE'])
  const asked = printed.split('\n').filter(line => line.includes('retrieving transpile cache'))
  t.true(asked.length > 100)
  t.deepEqual(
    asked.filter(line => !line.endsWith('success')),
    [],
  )
})

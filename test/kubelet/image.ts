/** What is in an image: an OCI archive (https://github.com/opencontainers/image-spec), read with tar and without a runtime. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exec } from '../../hack/lab/exec.ts'

/** Of the image's configuration. */
interface Settings {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Env: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
}

interface Descriptor {
  readonly digest: string
}

interface File {
  /** As `ls` writes it, with a star at the end if it has extended attributes. */
  readonly mode: string
  /** The path of the layer that it is of. */
  readonly layer: string
}

export class Image {
  readonly #directory: string
  readonly #layers: readonly string[]
  readonly settings: Settings
  /** By their paths, without the slash at the beginning. */
  readonly files: ReadonlyMap<string, File>

  private constructor(
    directory: string,
    layers: readonly string[],
    settings: Settings,
    files: ReadonlyMap<string, File>,
  ) {
    this.#directory = directory
    this.#layers = layers
    this.settings = settings
    this.files = files
  }

  /** To be closed. */
  static async open(archive: string): Promise<Image> {
    const directory = await mkdtemp(join(tmpdir(), 'image-'))
    await exec(['tar', '-xf', archive, '-C', directory])
    const blob = ({ digest }: Descriptor) => join(directory, 'blobs', digest.replace(':', '/'))
    const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))
    let document = (await read(join(directory, 'index.json'))) as { readonly manifests?: readonly [Descriptor] }
    // An index may be of indices.
    while (document.manifests !== undefined) document = (await read(blob(document.manifests[0]))) as typeof document
    const manifest = document as { readonly config: Descriptor; readonly layers: readonly Descriptor[] }
    const { config } = (await read(blob(manifest.config))) as { readonly config: Settings }
    const files = new Map<string, File>()
    const layers = manifest.layers.map(blob)
    for (const layer of layers) await apply(layer, files)
    return new Image(directory, layers, config, files)
  }

  close(): Promise<void> {
    return rm(this.#directory, { recursive: true })
  }

  async read(path: string): Promise<string> {
    const [text = ''] = await this.readAll([path])
    return text
  }

  /** The contents of files, in the order in which they are named. */
  async readAll(paths: readonly string[]): Promise<readonly string[]> {
    await this.#extract(paths)
    return Promise.all(paths.map(path => readFile(join(this.#directory, path), 'utf8')))
  }

  /** Runs its entry point as its user, without a container around it. Resolves to what it prints, also to stderr. */
  async run(args: readonly string[], environment: readonly string[]): Promise<string> {
    const { Entrypoint, Env, User } = this.settings
    const root = join(this.#directory, 'root')
    await mkdir(root)
    // What a layer removes of the files below it stays: nothing looks for it.
    for (const layer of this.#layers) await exec(['tar', '-xf', layer, '-C', root])
    const shell = ['sh', '-c', 'exec 2>&1; exec "$@"', 'sh', ...Entrypoint, ...args]
    return exec(['env', '-i', ...Env, ...environment, 'chroot', `--userspec=${User}`, root, ...shell])
  }

  /** As getcap(8) writes them: what a file may, such as `cap_net_raw=ep`. */
  async capabilities(path: string): Promise<string> {
    await this.#extract([path])
    return (await exec(['/usr/sbin/getcap', join(this.#directory, path)])).trim().split(' ').at(-1) ?? ''
  }

  async #extract(paths: readonly string[]): Promise<void> {
    const layers = Map.groupBy(paths, path => this.files.get(path)?.layer)
    for (const [layer, found] of layers) {
      if (layer === undefined) throw new Error(`not in the image: ${found.join(', ')}`)
      const attributes = ['--xattrs', '--xattrs-include=security.capability']
      const extract = ['tar', '-xf', layer, ...attributes, '-C', this.#directory, '--files-from=-']
      await exec(extract, { input: found.join('\n') })
    }
  }
}

const whiteout = '.wh.'

/** What a layer changes of the files below it. */
async function apply(layer: string, files: Map<string, File>): Promise<void> {
  const list = await exec(['tar', '-tvf', layer, '--xattrs', '--xattrs-include=*', '--quoting-style=literal'])
  for (const line of list.split('\n').filter(Boolean)) {
    const [, mode = '', listed = ''] = /^(\S+) +\S+ +\S+ \S+ \S+ (.*?)(?: -> .*| link to .*)?$/.exec(line) ?? []
    const path = listed.replace(/^\.?\//, '').replace(/\/$/, '')
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (!name.startsWith(whiteout)) files.set(path, { mode, layer })
    else remove(path.slice(0, -name.length) + name.slice(whiteout.length), files)
  }
}

function remove(path: string, files: Map<string, File>): void {
  for (const other of files.keys()) if (other === path || other.startsWith(`${path}/`)) files.delete(other)
}

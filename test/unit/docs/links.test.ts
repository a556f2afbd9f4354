/** Whatever a document of ours links to in this repository is there, down to the heading. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const documents = ['*.md', 'docs/**/*.md'].flatMap(pattern => globSync(pattern, { cwd: root })).sort()

const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```/gm, '')

/** As GitHub makes them of headings. */
const anchors = (path: string): ReadonlySet<string> =>
  new Set(
    [...withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

function broken(document: string): readonly string[] {
  const path = join(root, document)
  const links = [...withoutCode(readFileSync(path, 'utf8')).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
  return links.flatMap(([, link = '']) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : join(dirname(path), file)
    if (!existsSync(target)) return [link]
    return anchor === undefined || (statSync(target).isFile() && anchors(target).has(anchor)) ? [] : [link]
  })
}

test('there are documents', t => {
  t.true(documents.includes('README.md') && documents.includes('docs/operations.md'))
})

for (const document of documents) {
  test(`links of ${document} lead somewhere`, t => {
    t.deepEqual(broken(document), [])
  })
}

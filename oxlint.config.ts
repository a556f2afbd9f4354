/**
 * The linter, and with it the architecture: source folders in layers, each of
 * which may import only from those after it, so that nothing pure ever reaches
 * for I/O, and what a folder is can be read without what uses it.
 */
const layers = [
  ['main.ts', 'cli.ts'],
  ['controller.ts', 'speaker.ts', 'webhook.ts'],
  ['options.ts', 'cli'],
  ['controller', 'speaker', 'webhook'],
  ['metrics'],
  ['status'],
  ['leader'],
  ['health'],
  ['liveness'],
  ['desired'],
  ['ipam'],
  ['bgp', 'layer2'],
  ['watch'],
  ['streams'],
  // Custom resources are Kubernetes objects, and the client names them all.
  ['kube', 'api'],
  ['net'],
]

const isFile = (name: string) => name.endsWith('.ts')

/** Matches an import that leaves its folder for one of these folders, or for one of these files of src/. */
const into = (names: readonly string[]) =>
  `^(\\.\\.?/)+(${names.map(name => (isFile(name) ? `${name.slice(0, -3)}\\.ts$` : `${name}/`)).join('|')})`

/** Every layer above, and the neighbours in its own, but for the files that compose what is below. */
const restrictions = layers.flatMap((layer, depth) =>
  layer.map(name => {
    const neighbours = layer.includes('api') ? [] : layer.filter(other => other !== name)
    const forbidden = [...layers.slice(0, depth).flat(), ...neighbours]
    return {
      files: [isFile(name) ? `src/${name}` : `src/${name}/**`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...(forbidden.length === 0
                ? []
                : [
                    {
                      regex: into(forbidden),
                      message: `src/${name} may not import from a layer above it (oxlint.config.ts)`,
                    },
                  ]),
              { regex: '^(\\.\\./)+(hack|test)/', message: 'the product does not import its tools or tests' },
            ],
          },
        ],
      },
    }
  }),
)

export default {
  plugins: ['typescript', 'import', 'promise', 'node', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'import/no-cycle': 'error',
    // What has to be set before anything else is loaded.
    'import/no-unassigned-import': ['error', { allow: ['./heap.ts', 'reflect-metadata'] }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    // TypeScript says it: noImplicitReturns, noUnusedLocals, noUnusedParameters.
    'typescript/consistent-return': 'off',
    'eslint/no-unused-vars': 'off',
    // Clients and pools are objects of functions that use no `this`.
    'typescript/unbound-method': 'off',
    // At the boundary what comes off the wire is given its type, after the API server's own validation.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    // Matters of taste, or of browsers.
    'eslint/no-shadow': 'off',
    'import/no-named-as-default-member': 'off',
    'promise/always-return': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/require-post-message-target-origin': 'off',
  },
  ignorePatterns: ['proto/generated/**'],
  overrides: restrictions,
}

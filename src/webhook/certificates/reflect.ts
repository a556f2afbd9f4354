/**
 * What @peculiar/x509's container asks `Reflect` for, before it is loaded: the metadata of decorators (the polyfill
 * `reflect-metadata`), of which the library then uses none. Whoever asks is told that there is none.
 */
const none = () => undefined

for (const method of ['getMetadata', 'getOwnMetadata']) {
  if (!Object.hasOwn(Reflect, method)) Object.defineProperty(Reflect, method, { value: none, configurable: true })
}

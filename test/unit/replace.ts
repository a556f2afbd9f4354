/** Puts another method in the place of one, for a mutant. Returns what puts it back. */
export function replace<T extends object, K extends keyof T>(prototype: T, name: K, method: T[K]): () => void {
  const before = prototype[name]
  prototype[name] = method
  return () => {
    prototype[name] = before
  }
}

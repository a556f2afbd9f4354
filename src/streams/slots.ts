/** Runs `act` when one of the slots is free, in the order of the calls; settles as it does. */
export type Slots = <T>(act: () => Promise<T>) => Promise<T>

/** So many at once, whatever they are for: the bound on how much we ask of the API server at a time. */
export function slots(count: number): Slots {
  let free = count
  const queue: (() => void)[] = []
  const take = () =>
    free > 0
      ? Promise.resolve(void (free -= 1))
      : new Promise<void>(resolve => {
          queue.push(resolve)
        })
  // A slot that is given on was never free: nobody comes in between.
  const give = () => {
    const next = queue.shift()
    if (next === undefined) free += 1
    else next()
  }
  return async act => {
    await take()
    try {
      return await act()
    } finally {
      give()
    }
  }
}

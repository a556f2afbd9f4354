/** What a client that asks for an address again and again would say of the answers. Pure. */

/** Times in milliseconds, of one clock. */
export interface Answer {
  readonly at: number
  /** Who answered. */
  readonly mac: string
}

/** The questions after an address, and the answers to them, each in order. */
export interface Exchange {
  readonly questions: readonly number[]
  readonly answers: readonly Answer[]
}

export interface Answering {
  /** The longest that somebody who asked had to wait for an answer. */
  readonly gap: number
  /**
   * The longest time in which more than one answered: from the first question that several answered to the one after the
   * last in a row, so never less than the time between two questions. 0: every question had one answerer at most.
   */
  readonly doubled: number
  /** Who answered, one after the other, each since its first answer. */
  readonly owners: readonly Answer[]
}

/**
 * @param until when the watching ended: what is not answered by then has waited until then
 */
export function judge({ questions, answers }: Exchange, until: number): Answering {
  let gap = 0
  let doubled = 0
  let doubledSince: number | undefined
  let next = 0
  for (const [index, asked] of questions.entries()) {
    const asksAgain = questions[index + 1] ?? until
    while (next < answers.length && (answers[next] as Answer).at < asked) next += 1
    gap = Math.max(gap, (answers[next]?.at ?? Math.max(until, asked)) - asked)
    const answerers = new Set<string>()
    for (let i = next; i < answers.length && (answers[i] as Answer).at < asksAgain; i += 1) {
      answerers.add((answers[i] as Answer).mac)
    }
    if (answerers.size > 1) {
      doubledSince ??= asked
      doubled = Math.max(doubled, asksAgain - doubledSince)
    } else if (answerers.size === 1) {
      doubledSince = undefined
    }
  }
  return { gap, doubled, owners: answers.filter(({ mac }, index) => mac !== answers[index - 1]?.mac) }
}

/** The worst of several addresses. */
export const worstOf = (all: Iterable<Answering>): Omit<Answering, 'owners'> =>
  [...all].reduce(
    (worst, { gap, doubled }) => ({ gap: Math.max(worst.gap, gap), doubled: Math.max(worst.doubled, doubled) }),
    { gap: 0, doubled: 0 },
  )

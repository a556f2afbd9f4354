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
  /** The longest in which two answered: until the last answer of one of them, from the first question that the other answered. */
  readonly doubled: number
  /** The longest between two questions: what is shorter may not have been seen. */
  readonly unasked: number
  /** Who answered, one after the other, each since its first answer. */
  readonly owners: readonly Answer[]
}

/**
 * @param until when the watching ended: what is not answered by then has waited until then
 * @param still somebody who answers again within this time has not ceased to answer in between
 */
export function judge({ questions, answers }: Exchange, until: number, still: number): Answering {
  let gap = 0
  let unasked = 0
  let next = 0
  for (const [index, asked] of questions.entries()) {
    while (next < answers.length && (answers[next] as Answer).at < asked) next += 1
    gap = Math.max(gap, (answers[next]?.at ?? Math.max(until, asked)) - asked)
    unasked = Math.max(unasked, asked - (questions[index - 1] ?? asked))
  }
  const owners = answers.filter(({ mac }, index) => mac !== answers[index - 1]?.mac)
  return { gap, doubled: owners.length > 1 ? overlap(spans({ questions, answers }, still)) : 0, unasked, owners }
}

/** A time in which somebody answered, from the first question that he answered to his last answer. */
interface Span {
  readonly mac: string
  readonly from: number
  to: number
}

/** In the order in which they begin. */
function spans({ questions, answers }: Exchange, still: number): readonly Span[] {
  const all: Span[] = []
  const latest = new Map<string, Span>()
  let asked = 0
  for (const { at, mac } of answers) {
    while (asked < questions.length && (questions[asked] as number) <= at) asked += 1
    const span = latest.get(mac)
    if (span !== undefined && at - span.to <= still) {
      span.to = at
      continue
    }
    const begun = { mac, from: questions[asked - 1] ?? at, to: at }
    latest.set(mac, begun)
    all.push(begun)
  }
  return all
}

/** The longest time that is in two of them. */
function overlap(all: readonly Span[]): number {
  let longest = 0
  let furthest = Number.NEGATIVE_INFINITY
  for (const { from, to } of all) {
    longest = Math.max(longest, Math.min(furthest, to) - from)
    furthest = Math.max(furthest, to)
  }
  return longest
}

/** The worst of several addresses. */
export const worstOf = (all: Iterable<Answering>): Omit<Answering, 'owners'> =>
  [...all].reduce(
    (worst, { gap, doubled, unasked }) => ({
      gap: Math.max(worst.gap, gap),
      doubled: Math.max(worst.doubled, doubled),
      unasked: Math.max(worst.unasked, unasked),
    }),
    { gap: 0, doubled: 0, unasked: 0 },
  )

/** An explanation for people. Pure. */

import { clean } from '../output/clean.ts'
import { since } from '../output/duration.ts'
import { wrap } from '../output/wrap.ts'
import type { ExplainedAddress, ExplainedSession, Explanation } from './shape.ts'

export interface Style {
  /** Characters in a line; infinite: nothing is broken. */
  readonly width: number
  readonly heading: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

export function textOf(explanation: Explanation, now: Date, style: Style): string {
  const { service, served, families, failure, addresses, kept, pending } = explanation
  const line = (text: string, isSo?: boolean, indent = 2) => {
    const mark = isSo === undefined ? '' : `${isSo ? style.good('✓') : style.bad('✗')} `
    return wrap(`${mark}${clean(text)}`, style.width, indent)
  }
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [style.heading(title), ...lines]
  const lines = [
    ...titled(`Service ${service}`, [
      line(`${served.reason}: ${served.message}`, served.served),
      ...(failure ? [line(`${failure.reason}: ${failure.message}`, false)] : []),
    ]),
    ...families.flatMap(({ family, eips }) =>
      titled(
        `Pools for ${family}, in the order in which they are tried`,
        eips.length === 0
          ? [line('there is none')]
          : eips.map(({ eip, verdict, message }) =>
              line(`${eip}: ${verdict}: ${message}`, verdict === 'Has' || verdict === 'Gives'),
            ),
      ),
    ),
    ...addresses.flatMap(address => addressLines(address, now, style, line)),
    ...titled(
      'Kept for it',
      kept.map(({ address, reason, message }) => line(`${address}: ${reason}: ${message}`)),
    ),
    ...titled(
      'Pending: the controller has yet to write it, or does not run',
      pending.map(({ what, is, willBe }) => line(`${what}: is ${is}, will be ${willBe}`)),
    ),
  ]
  return `${lines.join('\n')}\n`
}

const states: Readonly<Record<ExplainedAddress['state'], string>> = {
  given: '',
  next: ', to be given',
  leaving: ', to be taken back',
}

function addressLines(
  address: ExplainedAddress,
  now: Date,
  { heading }: Style,
  line: (text: string, isSo?: boolean, indent?: number) => string,
): readonly string[] {
  const { announced, reason, message, announcedBy, owners, sessions, sharedWith } = address
  const time = address.since === undefined ? '' : ` (since ${since(address.since, now)})`
  const commands = [...new Set(sessions.map(({ command }) => command))]
  return [
    heading(`Address ${address.address} of pool ${address.eip}, ${address.mode}${states[address.state]}`),
    ...(sharedWith.length > 0 ? [line(`shared with ${sharedWith.join(', ')}`)] : []),
    line(`${reason}: ${message}`, announced),
    ...(announcedBy === undefined ? [] : [line(`announced by ${announcedBy}${time}`)]),
    ...address.nodes.map(({ node, announces, reason, message }) =>
      line(`${node}: ${reason}: ${message}`, announces, 4),
    ),
    ...owners.map(({ interface: nic, node, mac, epoch, cause, since: time }) =>
      line(`on ${nic} ${node} answers with ${mac} since ${since(time, now)}: ${cause}, claim ${epoch}`),
    ),
    ...sessions.map(session => line(sessionText(session, now), session.sends.length > 0)),
    ...(commands.length > 0
      ? [line('What a gobgpd itself holds for a neighbour is told beside it, in the speaker’s Pod, by:')]
      : []),
    ...commands.map(command => line(command, undefined, 4)),
  ]
}

function sessionText(session: ExplainedSession, now: Date): string {
  const { node, peer, neighbor, state, sends, prefixesSent, prefixesToSend, message } = session
  const time = session.since === undefined ? '' : ` since ${since(session.since, now)}`
  const what = sends.map(({ prefix, nextHop }) => `${prefix} via ${nextHop}`).join(', ') || 'nothing of it'
  const counted = prefixesSent === undefined ? '' : `; it counts ${prefixesSent} of ${prefixesToSend} prefixes sent`
  const why = message === '' ? '' : ` (${message})`
  return `${node} to ${peer} (${neighbor}), ${state}${time}${why}: sends ${what}${counted}`
}

/** Has what others ask of a host answered: puts together who is believed, who helps others to be reached, and who answers. */
import type { Clock } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordPort } from '../wire/chord-port.ts'
import type { Admission } from './admission.ts'
import type { Asking } from './asking.ts'
import type { Forwarding } from './forwarding.ts'
import type { HostStore } from './host-store.ts'
import type { KnownMembers } from './known-members.ts'
import type { OwnAddress } from './own-address.ts'
import { Questions } from './questions.ts'
import type { Reachability } from './reachability.ts'
import { Signals } from './signals.ts'
import { Verification } from './verification.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

export interface IncomingParts {
  readonly port: ChordPort
  readonly clock: Clock
  readonly random: Random
  readonly asking: Asking
  readonly nodes: VirtualNodes
  readonly known: KnownMembers
  readonly admission: Admission
  readonly address: OwnAddress
  readonly reachability: Reachability
  readonly forwarding: Forwarding
  readonly store: () => HostStore
  readonly nearHosts: () => readonly Endpoint[]
  readonly tellerOf: (host: string) => number | undefined
  /** Strangers reach us, as has just been shown. */
  readonly reached: () => void
}

export function answerQuestions(parts: IncomingParts): void {
  const { port, clock, nodes, known, admission, address, reachability, tellerOf, reached } = parts
  const questions = new Questions({ ...parts, admits: admission.admits, ...helpers(parts) })
  /** Before anything is sent there, or it would be no stranger any more. */
  const askedFrom = (from: Endpoint) => {
    if (port.isProven(from) || admission.isOwn(from)) return
    if (reachability.askedFrom(from.host, clock.now())) reached()
  }
  port.onQuestions({
    asked: (slot, from, question, reply) => {
      if (from) askedFrom(from.endpoint)
      questions.asked(slot, from, question, reply)
    },
    askedHost: (from, question, reply) => {
      askedFrom(from)
      questions.askedHost(from, question, reply)
    },
    late: (from, isMember) => {
      if (isMember) known.heard(from, clock.now())
      nodes.heard(from, isMember)
    },
    answered: (from, ip) => {
      if (ip) address.vote(from.host, ip.host, tellerOf(from.host))
    },
  })
}

function helpers({ clock, random, asking, known, admission, nearHosts }: IncomingParts) {
  const verification = new Verification({
    ...{ clock, known },
    isOwn: ({ endpoint }) => admission.isOwn(endpoint),
    askAs: (slot) => asking.as(slot),
  })
  const signals = new Signals({
    ...{ port: asking.host, clock, random },
    admits: (endpoint) => admission.admitsHost(endpoint),
    isMember: (endpoint) => known.memberAt(endpoint) !== undefined,
    neighbours: nearHosts,
  })
  return { verification, signals }
}

/**
 * Helps others to learn whether strangers reach them. Who asks for `reach` is pinged first, as its address may be forged; then a
 * neighbour of ours is told to `signal` it, which sends it the one `ping` of a host that it has sent nothing to. A signal is
 * taken from members only that have answered us.
 *
 * Limits: `MAX_OPEN` requests under way, and for each sender and each target one in `PAUSE_OF_SENDER`, of which `MAX_SENDERS` are
 * remembered (the requests of others are refused meanwhile); `MAX_SIGNALLERS` neighbours are told.
 */
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import { senderOf } from '../../rpc/address-groups.ts'
import type { HostAnswer, HostPort } from '../host-messages.ts'

/** Each forged sender takes one for as long as a ping waits. */
export const MAX_OPEN = 32
export const PAUSE_OF_SENDER: Millis = 15 * SECOND
export const MAX_SENDERS = 256
export const MAX_SIGNALLERS = 3

export interface SignalsParts {
  readonly port: HostPort
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly admits: (endpoint: Endpoint) => boolean
  /** Whether a member that has answered us is there. */
  readonly isMember: (endpoint: Endpoint) => boolean
  /** Hosts of members near ours; none where we are no member. */
  readonly neighbours: () => readonly Endpoint[]
}

const DONE: HostAnswer = { kind: 'done' }
const TOO_MANY: HostAnswer = { kind: 'refused', code: 202, message: 'too many requests' }
const UNREACHABLE: HostAnswer = { kind: 'refused', code: 203, message: 'nobody here can reach that' }
const NOT_FOR_YOU: HostAnswer = { kind: 'refused', code: 203, message: 'only members may ask this' }

export class Signals {
  private readonly parts: SignalsParts
  /** When each sender or target was served last, the longest ago first. */
  private readonly servedAt = new Map<string, Millis>()
  private open = 0

  constructor(parts: SignalsParts) {
    this.parts = parts
  }

  /** Somebody would like to be reached at `port` of its address. */
  reach(from: Endpoint, port: number, reply: (answer: HostAnswer) => void): void {
    const to = { host: from.host, port }
    const signallers = this.parts.neighbours().filter(({ host }) => host !== from.host)
    const refusal = signallers.length === 0 || !this.parts.admits(to) ? UNREACHABLE : this.refusalOf(from.host)
    reply(refusal ?? DONE)
    if (refusal) return
    this.open += 1
    const chosen = shuffled(this.parts.random, signallers).slice(0, MAX_SIGNALLERS)
    const isGenuine = (answer: HostAnswer) => answer.kind === 'done'
    this.parts.port.ask(
      from,
      { kind: 'ping' },
      {
        answered: (answer) => (isGenuine(answer) ? this.tell(chosen, to) : this.over()),
        missed: () => this.over(),
      },
    )
  }

  /** A member asks us to ping somebody. */
  signal(from: Endpoint, to: Endpoint, reply: (answer: HostAnswer) => void): void {
    const { isMember, admits, port } = this.parts
    const refusal = isMember(from) && admits(to) ? this.refusalOf(to.host) : NOT_FOR_YOU
    reply(refusal ?? DONE)
    if (refusal) return
    this.open += 1
    port.ask(to, { kind: 'ping' }, { answered: () => this.over(), missed: () => this.over() })
  }

  /** One neighbour after the other, until one is willing. */
  private tell([first, ...others]: readonly Endpoint[], to: Endpoint): void {
    if (!first) {
      this.over()
      return
    }
    const next = () => this.tell(others, to)
    const question = { kind: 'signal', to } as const
    this.parts.port.ask(first, question, {
      answered: ({ kind }) => (kind === 'done' ? this.over() : next()),
      missed: next,
    })
  }

  private over(): void {
    this.open -= 1
  }

  /** Counts a request of somebody, or says why it is not done. */
  private refusalOf(host: string): HostAnswer | undefined {
    const now = this.parts.clock.now()
    for (const [sender, at] of this.servedAt) {
      if (now - at < PAUSE_OF_SENDER) break
      this.servedAt.delete(sender)
    }
    const sender = senderOf(host)
    if (this.open >= MAX_OPEN || this.servedAt.has(sender) || this.servedAt.size >= MAX_SENDERS) return TOO_MANY
    this.servedAt.set(sender, now)
    return undefined
  }
}

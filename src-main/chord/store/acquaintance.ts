/**
 * Who may move what the ring stores: a host that has members. Whom we have not heard as one is asked who is there before its
 * question is dealt with, so that a forged sender gets nowhere.
 *
 * Limits: `MAX_ASKED` hosts being asked, each with `MAX_WAITING` questions of its own; `MAX_KNOWN` remembered for `KNOWN_FOR`.
 */
import { type Clock, MINUTE, type Millis } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { holdsItsPlace } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'

/** Each forged sender takes one for as long as a question waits: so many that a few of them shut nobody out. */
export const MAX_ASKED = 128
export const MAX_WAITING = 8
export const MAX_KNOWN = 1_024
export const KNOWN_FOR: Millis = 10 * MINUTE

/** `host`: it is there, and has no members, like one that is about to join. */
export type Standing = 'member' | 'host' | 'unknown'

export interface AcquaintanceParts {
  readonly clock: Pick<Clock, 'now'>
  readonly port: HostPort
  /** Whether that is known without asking. */
  isMember(endpoint: Endpoint): boolean
}

export class Acquaintance {
  private readonly parts: AcquaintanceParts
  private readonly known = new Map<string, { readonly standing: Standing; readonly until: Millis }>()
  private readonly waiting = new Map<string, ((standing: Standing) => void)[]>()

  constructor(parts: AcquaintanceParts) {
    this.parts = parts
  }

  /** Hosts being asked. */
  get open(): number {
    return this.waiting.size
  }

  /** `told` is called once: at once where it is known, or cannot be found out. */
  standingOf(endpoint: Endpoint, wanted: 'member' | 'host', told: (standing: Standing) => void): void {
    if (this.parts.isMember(endpoint)) {
      told('member')
      return
    }
    const address = formatEndpoint(endpoint)
    const known = this.known.get(address)
    // A host that had no member may have one by now.
    const isEnough = known && known.until > this.parts.clock.now() && (known.standing === 'member' || wanted === 'host')
    if (isEnough) told(known.standing)
    else this.find(endpoint, address, told)
  }

  private find(endpoint: Endpoint, address: string, told: (standing: Standing) => void): void {
    const others = this.waiting.get(address)
    if (others ? others.length >= MAX_WAITING : this.waiting.size >= MAX_ASKED) {
      told('unknown')
      return
    }
    if (others) {
      others.push(told)
      return
    }
    this.waiting.set(address, [told])
    this.parts.port.ask(
      endpoint,
      { kind: 'hello' },
      {
        answered: (answer) => {
          if (answer.kind !== 'hello') return this.found(address, 'unknown')
          const isMember = answer.members.some((contact) => {
            const { host, port } = contact.endpoint
            return host === endpoint.host && port === endpoint.port && holdsItsPlace(contact)
          })
          this.found(address, isMember ? 'member' : 'host')
        },
        missed: () => this.found(address, 'unknown'),
      },
    )
  }

  private found(address: string, standing: Standing): void {
    const waiting = this.waiting.get(address) ?? []
    this.waiting.delete(address)
    this.known.delete(address)
    if (standing !== 'unknown') {
      this.known.set(address, { standing, until: this.parts.clock.now() + KNOWN_FOR })
      if (this.known.size > MAX_KNOWN) this.known.delete(this.known.keys().next().value as string)
    }
    for (const told of waiting) told(standing)
  }
}

/**
 * How this host asks others: over the port, with account kept of who answers, who does not, and whom we have sent something.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'
import type { AskPort } from '../messages.ts'
import type { ChordPort } from '../wire/chord-port.ts'
import type { KnownMembers } from './known-members.ts'
import type { Reachability } from './reachability.ts'

export interface AskingParts {
  readonly port: ChordPort
  readonly clock: Pick<Clock, 'now'>
  readonly known: KnownMembers
  readonly reachability: Reachability
}

export class Asking {
  readonly host: HostPort
  private readonly parts: AskingParts

  constructor(parts: AskingParts) {
    this.parts = parts
    const { port, clock, reachability } = parts
    this.host = {
      ask: (to, question, callbacks) => {
        reachability.sentTo(to.host, clock.now())
        port.host.ask(to, question, callbacks)
      },
    }
  }

  /** As the virtual node in `slot`; without one, as a client. */
  as(slot: number | undefined): AskPort {
    const { port, clock, known, reachability } = this.parts
    const inner = port.asksAs(slot)
    return {
      ask: (to, question, callbacks) => {
        const isOwn = this.isOwn(to)
        if (!isOwn) reachability.sentTo(to.endpoint.host, clock.now())
        inner.ask(to, question, {
          answered: (answer) => {
            if (!isOwn && answer.kind === 'absent') known.forget(to)
            else if (!isOwn) known.heard(to, clock.now())
            callbacks.answered(answer)
          },
          missed: () => {
            if (!isOwn) known.missed(to)
            callbacks.missed()
          },
          keptBusy: () => callbacks.keptBusy(),
        })
      },
    }
  }

  private isOwn({ endpoint }: ChordContact): boolean {
    const { self } = this.parts.port
    return self !== undefined && self.host === endpoint.host && self.port === endpoint.port
  }
}

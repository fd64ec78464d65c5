/**
 * What a host makes of an answer to its greeting: the members of the host that answers are known from then on, one of them is
 * remembered in case that it belongs to another ring; the others are hearsay. Whom one answer has named may all be of one
 * liar, so that their votes on our address count as those of one group.
 *
 * Limits: `MAX_OF_GREETED` members of one host; `MAX_TOLD_HOSTS` hosts whose teller is remembered, all others count as of one.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { OldContacts } from '../old-contacts.ts'
import type { Admission } from './admission.ts'
import type { KnownMembers } from './known-members.ts'

export const MAX_OF_GREETED = 4
export const MAX_TOLD_HOSTS = 512
/** Of those whose teller found no room; answers are numbered from 1. */
const UNREMEMBERED = 0

export interface IntroductionsParts {
  readonly clock: Pick<Clock, 'now'>
  readonly known: KnownMembers
  readonly oldContacts: OldContacts
  readonly admission: Pick<Admission, 'admits' | 'isOwn'>
}

export class Introductions {
  private readonly parts: IntroductionsParts
  /** By host: the answer that named it first. */
  private readonly tellers = new Map<string, number>()

  constructor(parts: IntroductionsParts) {
    this.parts = parts
  }

  /** Which answer led us to a host; undefined where we knew it before. */
  tellerOf(host: string): number | undefined {
    return this.tellers.get(host) ?? (this.tellers.size < MAX_TOLD_HOSTS ? undefined : UNREMEMBERED)
  }

  /** `group` tells this answer from others. @returns those of the members that may be of our ring */
  take(from: Endpoint, members: readonly ChordContact[], group: number): readonly ChordContact[] {
    const { clock, known, oldContacts, admission } = this.parts
    const admitted = members.filter((contact) => admission.admits(contact) && !admission.isOwn(contact.endpoint))
    const isTellers = ({ endpoint }: ChordContact) => endpoint.host === from.host && endpoint.port === from.port
    const own = admitted.filter(isTellers).slice(0, MAX_OF_GREETED)
    for (const contact of own) known.heard(contact, clock.now())
    if (own[0]) oldContacts.remember(own[0])
    const others = admitted.filter((contact) => !isTellers(contact))
    for (const contact of others) {
      known.tell(contact)
      const { host } = contact.endpoint
      if (!this.tellers.has(host) && this.tellers.size < MAX_TOLD_HOSTS) this.tellers.set(host, group)
    }
    return [...own, ...others]
  }
}

/**
 * What a host makes of an answer to its greeting: the members of the host that answers are known from then on, one of them is
 * remembered in case that it belongs to another ring; the others are hearsay. Whom one answer has named may all be of one
 * liar, so that their votes on our address count as those of one group.
 *
 * Two Shoals at one address that have begun a ring each stand in the same places, and such rings never grow together: the one
 * with the higher port gives way.
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
  /** Our virtual nodes that are members. */
  readonly members: () => readonly { readonly self: ChordContact }[]
  readonly giveWay: () => void
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
    if (this.mustGiveWay(from, members)) this.parts.giveWay()
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

  /** Whether the members that the host has itself stand where ours do, and its port is the lower one. */
  private mustGiveWay({ host, port }: Endpoint, members: readonly ChordContact[]): boolean {
    const isTheirs = ({ endpoint }: ChordContact) => endpoint.host === host && endpoint.port === port
    return this.parts
      .members()
      .some(
        ({ self }) => port < self.endpoint.port && members.some((each) => isTheirs(each) && each.id.equals(self.id)),
      )
  }
}

/** What people see of our hosts on the ring: projections into the contract's rows. They decide nothing. */
import type { RingContact, RingHost } from '#shared/contract/overlays-ring.ts'
import type { ContactRow } from '#shared/contract/peers.ts'
import type { ChordContact } from '../../chord/contact.ts'
import type { ChordFacts, VirtualNodeFacts } from '../../chord/overlay.ts'
import type { RingId } from '../../chord/ring-id.ts'
import { type Clock, SECOND } from '../../kernel/clock.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import { calendarTime, GOOD_FOR } from './projections.ts'

const MAX_SHOWN_VIRTUAL_NODES = 64
const MAX_SHOWN_SUCCESSORS = 16
const MAX_SHOWN_CONTACTS = 200

export function ringHost(facts: ChordFacts, clock: Clock): RingHost {
  const { family, local, externalHost, phase, missing, estimatedMembers, isSmall, items, infoHashes, retryAt } = facts
  return {
    ...{ family, phase, isSmall, items, infoHashes },
    listening: formatEndpoint(local),
    ...(externalHost === undefined ? {} : { external: formatEndpoint({ host: externalHost, port: local.port }) }),
    ...(missing === undefined ? {} : { missing }),
    virtualNodes: facts.virtualNodes.slice(0, MAX_SHOWN_VIRTUAL_NODES).map(virtualNode),
    contacts: facts.contacts.slice(0, MAX_SHOWN_CONTACTS).map(({ contact, rtt, heardAt }) => ({
      contact: ringContact(contact),
      ...(rtt === undefined ? {} : { rtt }),
      lastSeen: calendarTime(heardAt, clock) ?? 0,
    })),
    ...(estimatedMembers === undefined ? {} : { estimatedMembers }),
    ...(retryAt === undefined ? {} : { retryIn: Math.max(0, (retryAt - clock.now()) / SECOND) }),
  }
}

/** Members of other hosts that a host of ours knows, as the Peers tab lists contacts. */
export function ringContactRows(facts: ChordFacts, clock: Clock): ContactRow[] {
  const own = facts.virtualNodes.map(({ self }) => self.id)
  return facts.contacts.slice(0, MAX_SHOWN_CONTACTS).map(({ contact, rtt, heardAt }) => {
    const lastSeen = calendarTime(heardAt, clock)
    return {
      id: `chord/${facts.family}/${contact.id}`,
      overlay: 'chord',
      nodeId: contact.id.toString(),
      address: formatEndpoint(contact.endpoint),
      state: clock.now() - heardAt < GOOD_FOR ? 'good' : 'questionable',
      ...(rtt === undefined ? {} : { rtt }),
      ...(lastSeen === undefined ? {} : { lastSeen }),
      sharedBits: Math.max(0, ...own.map((id) => sharedBits(id, contact.id))),
      // It stands where its address puts it, or we would not know it.
      secure: true,
    }
  })
}

function virtualNode({ self, phase, predecessor, successors, fingers, keys }: VirtualNodeFacts) {
  return {
    ...ringContact(self),
    ...{ phase, keys },
    predecessor: ringContact(predecessor),
    successors: successors.slice(0, MAX_SHOWN_SUCCESSORS).map(ringContact),
    fingers: fingers.map(({ power, contact }) => ({ power, contact: ringContact(contact) })),
  }
}

function ringContact({ id, endpoint, slot }: ChordContact): RingContact {
  return { nodeId: id.toString(), address: formatEndpoint(endpoint), slot }
}

/** Leading bits that two places have in common. */
function sharedBits(a: RingId, b: RingId): number {
  for (let i = 0; i < a.bytes.length; i++) {
    const difference = (a.bytes[i] as number) ^ (b.bytes[i] as number)
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24
  }
  return a.bits
}

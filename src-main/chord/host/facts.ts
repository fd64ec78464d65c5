/** What the Explorer is shown of a host, put together from its parts. */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordFacts, ChordPhase, VirtualNodeFacts } from '../overlay.ts'
import type { HostStore } from './host-store.ts'
import type { KnownMembers } from './known-members.ts'
import type { OwnAddress } from './own-address.ts'
import { estimateMembers, isRingSmall } from './ring-size.ts'
import type { VirtualNode, VirtualNodes } from './virtual-nodes.ts'

export const MAX_CONTACTS_SHOWN = 200

export interface FactsParts {
  readonly local: Endpoint
  readonly address: OwnAddress
  readonly phase: ChordPhase
  readonly missing: ChordFacts['missing']
  readonly retryAt: Millis | undefined
  readonly nodes: VirtualNodes
  readonly known: KnownMembers
  readonly store: HostStore
  readonly successors: number
  readonly rttOf: (endpoint: Endpoint) => Millis | undefined
}

export function factsOf(parts: FactsParts): ChordFacts {
  const { local, address, phase, nodes, known, store, successors, rttOf } = parts
  const { members } = nodes
  const contacts = known.heardMembers.slice(0, MAX_CONTACTS_SHOWN)
  return {
    family: address.family,
    local,
    externalHost: address.host,
    phase,
    missing: phase === 'member' || phase === 'stopped' ? undefined : parts.missing,
    virtualNodes: nodes.all.map((node) => nodeFacts(node, store)),
    contacts: contacts.map(({ contact, heardAt }) => ({ contact, rtt: rttOf(contact.endpoint), heardAt })),
    estimatedMembers: estimateMembers(members),
    isSmall: members.length > 0 && isRingSmall(members, successors),
    items: store.itemCount,
    infoHashes: store.infoHashCount,
    retryAt: parts.retryAt,
  }
}

function nodeFacts({ member, isLeaving }: VirtualNode, store: HostStore): VirtualNodeFacts {
  const { self, predecessor, successors, fingers } = member
  const isMember = member.phase === 'member'
  return {
    self,
    phase: isLeaving ? 'leaving' : isMember ? 'member' : 'joining',
    predecessor,
    successors,
    fingers: fingers.withPowers,
    keys: isMember ? store.keysOf(member) : 0,
  }
}

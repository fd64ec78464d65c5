/** Made-up rings of Chord as large as wanted, with pointers as they are on a ring at rest; always the same. */
import type { ContactRow, RingContact, RingHost, RingState, StoredItemRow, VirtualNode } from '../client/types.ts'
import { sharedBits } from '../explorer/distance.ts'
import { addressAt, SAMPLE_VALUES } from './generate-overlay.ts'
import { randomFrom } from './random.ts'
import { sampleHash } from './sample.ts'

const SUCCESSORS = 16
const SLOTS = 4
const RING = 2n ** 160n
/** Members that a host tells of at most. */
const MAX_CONTACTS = 200
const OWN_ADDRESS = { 4: '198.51.100.23:51413', 6: '[2001:db8:17::23]:51413' } as const

const numberOf = (id: string): bigint => BigInt(`0x${id}`)
const byPlace = (a: RingContact, b: RingContact): number => (a.nodeId < b.nodeId ? -1 : a.nodeId > b.nodeId ? 1 : 0)

/** The first member at or after a place. `members` in order, at least one. */
function successorOf(members: readonly RingContact[], place: bigint): RingContact {
  const at = members.findIndex((member) => numberOf(member.nodeId) >= place)
  return members[Math.max(0, at)] as RingContact
}

/** All members of a ring of so many hosts besides ours, in order. */
export function generateMembers(hosts: number, family: 4 | 6 = 4): { own: RingContact[]; all: RingContact[] } {
  const random = randomFrom(family * 31)
  const placesOf = (host: number, address: string): RingContact[] =>
    Array.from({ length: SLOTS }, (_, slot) => ({
      nodeId: sampleHash(7_000 + family * 900 + host * 64 + slot),
      address,
      slot,
    }))
  const own = placesOf(0, OWN_ADDRESS[family])
  const others = Array.from({ length: hosts }, (_, n) => placesOf(n + 1, addressAt(n, family, random))).flat()
  return { own: own.toSorted(byPlace), all: [...own, ...others].toSorted(byPlace) }
}

/** The distinct fingers of a node, nearest first, beyond its first successor. */
function fingersOf(members: readonly RingContact[], nodeId: string): VirtualNode['fingers'] {
  const fingers = new Map<string, VirtualNode['fingers'][number]>()
  for (let power = 0; power < 160; power++) {
    const contact = successorOf(members, (numberOf(nodeId) + 2n ** BigInt(power)) % RING)
    if (contact.nodeId !== nodeId && !fingers.has(contact.nodeId)) fingers.set(contact.nodeId, { power, contact })
  }
  return [...fingers.values()].slice(1)
}

function virtualNodeAt(members: readonly RingContact[], self: RingContact): VirtualNode {
  const at = members.findIndex((member) => member.nodeId === self.nodeId)
  const behind = Array.from(
    { length: Math.min(SUCCESSORS, members.length - 1) },
    (_, n) => members[(at + n + 1) % members.length],
  )
  return {
    ...self,
    phase: 'member',
    predecessor: members[(at + members.length - 1) % members.length] as RingContact,
    successors: behind as RingContact[],
    fingers: fingersOf(members, self.nodeId),
    keys: 3 + (at % 5),
  }
}

/** A host of ours that is a member of a ring with so many others. */
export function generateRingHost(hosts: number, now: number, family: 4 | 6 = 4): RingHost {
  const random = randomFrom(hosts + family)
  const { own, all } = generateMembers(hosts, family)
  const others = all.filter((member) => member.address !== OWN_ADDRESS[family])
  return {
    family,
    listening: family === 4 ? '0.0.0.0:51413' : '[::]:51413',
    external: OWN_ADDRESS[family],
    phase: 'member',
    virtualNodes: own.map((self) => virtualNodeAt(all, self)),
    contacts: others.slice(0, MAX_CONTACTS).map((contact) => ({
      contact,
      rtt: Math.round(12 + random() ** 3 * 300),
      lastSeen: now - Math.round(random() * 600_000),
    })),
    estimatedMembers: Math.round(all.length * 1.04),
    isSmall: others.length <= SUCCESSORS,
    items: 6,
    infoHashes: 41,
  }
}

/** A host that is no member, and why. */
export function generateRingClient(missing: 'address' | 'reach', now: number): RingHost {
  const { external, estimatedMembers, ...host } = generateRingHost(12, now)
  const seen = missing === 'reach' && external !== undefined ? { external } : {}
  return { ...host, ...seen, phase: 'client', missing, virtualNodes: [], items: 0, infoHashes: 0 }
}

/** A host that knows nobody: it looks for a ring, or has given up for now. */
export function generateLoneHost(phase: 'joining' | 'isolated'): RingHost {
  return {
    ...{
      family: 4,
      listening: '0.0.0.0:51413',
      phase,
      virtualNodes: [],
      contacts: [],
      isSmall: true,
      items: 0,
      infoHashes: 0,
    },
    ...(phase === 'isolated' ? { retryIn: 42 } : {}),
  }
}

export const generateRing = (now: number): RingState => ({ state: 'running', hosts: [generateRingHost(12, now)] })

/** Items at their places on the ring: owned by a place of ours, copies, and one of our own. */
export function generateRingItems(): StoredItemRow[] {
  return SAMPLE_VALUES.map(({ preview, form }, n) => ({
    id: sampleHash(5_600 + n),
    kind: 'immutable',
    size: preview.length + n * 61,
    ...{ preview, form },
    own: n === 1,
    owned: n % 2 === 0,
  }))
}

/** The contacts of every host as the Peers page lists them. */
export function ringContactsOf({ hosts }: RingState): ContactRow[] {
  return hosts.flatMap(({ family, contacts, virtualNodes }) =>
    contacts.map(({ contact: { nodeId, address }, rtt, lastSeen }) => ({
      ...{
        id: `ring ${family} ${nodeId}`,
        overlay: 'chord' as const,
        nodeId,
        address,
        state: 'good' as const,
        lastSeen,
      },
      ...(rtt === undefined ? {} : { rtt }),
      sharedBits: Math.max(0, ...virtualNodes.map((own) => sharedBits(own.nodeId, nodeId))),
      secure: true,
    })),
  )
}

/** Made-up nodes, buckets and stored items of a DHT as large as the real one; always the same. */
import type { BucketView, ContactRow, OverlayNode, OverlayState, StoredItemRow, TableContact } from '../client/types.ts'
import { leadingBits, sharedBits } from '../explorer/distance.ts'
import { randomFrom } from './random.ts'
import { sampleHash } from './sample.ts'

/** Places in the buckets of a mainline node, the far ones enlarged. */
const CAPACITIES = [128, 64, 32, 16] as const
const USUAL_CAPACITY = 8
const HOME_DEPTH = { 4: 20, 6: 9 } as const
const SECOND = 1_000

export const ownId = (family: 4 | 6): string => sampleHash(4_000 + family)

const FLIP: Readonly<Record<string, string>> = { '0': '1', '1': '0' }

/** A key that shares exactly `depth` leading bits with another (at least, where `depth` is the home bucket's). */
export function keyAt(key: string, depth: number, random: () => number, home = false): string {
  let bits = leadingBits(key, depth)
  if (!home) bits += FLIP[leadingBits(key, depth + 1).at(-1) ?? '0']
  while (bits.length < 160) bits += random() < 0.5 ? '0' : '1'
  return (bits.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16)).join('')
}

export function addressAt(n: number, family: 4 | 6, random: () => number): string {
  const part = (): number => Math.floor(random() * 254) + 1
  if (family === 6) return `[2001:db8:${part().toString(16)}:${part().toString(16)}::${(n + 1).toString(16)}]:6881`
  return `203.0.${part()}.${part()}:${1_024 + Math.floor(random() * 60_000)}`
}

function contactAt(n: number, family: 4 | 6, nodeId: string, random: () => number, now: number): TableContact {
  const luck = random()
  const state = luck < 0.8 ? 'good' : luck < 0.94 ? 'questionable' : 'failing'
  const age = state === 'good' ? random() * 850 : 900 + random() * 2_000
  return {
    nodeId,
    address: addressAt(n, family, random),
    state,
    rtt: Math.round(18 + random() ** 3 * 600),
    lastSeen: now - Math.round(age * SECOND),
    secure: random() < 0.7,
  }
}

function bucketAt(family: 4 | 6, depth: number, now: number): BucketView {
  const random = randomFrom(family * 1_000 + depth)
  const home = depth === HOME_DEPTH[family]
  const capacity = CAPACITIES[depth] ?? USUAL_CAPACITY
  const fill = family === 6 ? 0.2 + random() * 0.4 : home ? 0.5 : 0.75 + random() * 0.25
  const count = Math.min(capacity, Math.ceil(capacity * fill))
  const contacts = Array.from({ length: count }, (_, n) =>
    contactAt(depth * 200 + n, family, keyAt(ownId(family), depth, random, home), random, now),
  )
  return {
    depth,
    capacity,
    lastChanged: now - Math.round((depth % 7 === 5 ? 1_080 : random() * 700) * SECOND),
    contacts,
    spares: count === capacity ? Math.floor(random() * 8) : 0,
  }
}

export function generateNode(family: 4 | 6, now: number): OverlayNode {
  const buckets = Array.from({ length: HOME_DEPTH[family] + 1 }, (_, depth) => bucketAt(family, depth, now))
  return {
    nodeId: ownId(family),
    family,
    listening: family === 4 ? '0.0.0.0:51413' : '[::]:51413',
    external: family === 4 ? '198.51.100.23:51413' : '[2001:db8:17::23]:51413',
    phase: 'joined',
    serving: family === 4,
    nodes: buckets.reduce((sum, bucket) => sum + bucket.contacts.length, 0),
    estimatedSize: family === 4 ? 9_240_000 : 4_800,
    storedInfoHashes: family === 4 ? 1_341 : 0,
    storedItems: family === 4 ? 6 : 0,
    counters: {
      queriesSent: 41_208,
      queriesReceived: 90_412,
      answersReceived: 34_127,
      answersSent: 90_377,
      timeouts: 7_031,
      malformed: 12,
      packetsReceived: 124_551,
      packetsOverBudget: 34,
      bytesReceived: 11_204_551,
      bytesSent: 13_877_120,
    },
    buckets,
  }
}

export function generateOverlay(now: number): OverlayState {
  return { state: 'running', mode: 'auto', nodes: [generateNode(4, now), generateNode(6, now)] }
}

/** What a second of usual traffic adds. */
export function grownNode(node: OverlayNode, second: number): OverlayNode {
  const random = randomFrom(second * 7 + node.family)
  const queries = Math.round(4 + random() * 9 + (second % 23 === 0 ? 30 : 0))
  const asked = node.serving ? Math.round(9 + random() * 14) : 0
  const { counters } = node
  return {
    ...node,
    counters: {
      ...counters,
      queriesSent: counters.queriesSent + queries,
      answersReceived: counters.answersReceived + Math.round(queries * 0.83),
      timeouts: counters.timeouts + Math.round(queries * 0.15),
      queriesReceived: counters.queriesReceived + asked,
      answersSent: counters.answersSent + asked,
      packetsReceived: counters.packetsReceived + asked + queries,
      bytesReceived: counters.bytesReceived + queries * 290 + asked * 110,
      bytesSent: counters.bytesSent + queries * 115 + asked * 280,
    },
  }
}

/** The contacts of every table as the Peers page lists them. */
export function contactsOf(overlay: OverlayState): ContactRow[] {
  return overlay.nodes.flatMap((node) =>
    node.buckets.flatMap((bucket) =>
      bucket.contacts.map((contact) => ({
        ...contact,
        id: `${node.family} ${contact.nodeId}`,
        overlay: 'kademlia' as const,
        sharedBits: sharedBits(node.nodeId, contact.nodeId),
      })),
    ),
  )
}

/** Stored values as they are shown. */
export const SAMPLE_VALUES: readonly Pick<StoredItemRow, 'preview' | 'form'>[] = [
  { preview: 'Hello World!', form: 'text' },
  { preview: 'd1:ai1e1:b3:abce', form: 'bencode' },
  { preview: '9f3c00ffe21b', form: 'hex' },
  { preview: 'li1ei2ei3ee', form: 'bencode' },
  { preview: 'weather in York, 12 degrees', form: 'text' },
  { preview: '', form: 'text' },
]

export function generateItems(): StoredItemRow[] {
  return SAMPLE_VALUES.map(({ preview, form }, n) => ({
    id: sampleHash(5_000 + n),
    kind: n % 2 === 0 ? 'immutable' : 'mutable',
    size: preview.length + n * 61,
    ...{ preview, form },
    ...(n % 2 === 0
      ? {}
      : { publicKey: sampleHash(5_100 + n) + sampleHash(5_200 + n).slice(0, 24), seq: BigInt(n * 3) }),
    ...(n === 3 ? { salt: '6e657773' } : {}),
    own: n === 1,
  }))
}

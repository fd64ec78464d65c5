/** What people see of our DHT nodes: projections into the contract's rows. They decide nothing. */
import type { BucketView, OverlayNode, StoredItemRow, TableContact } from '#shared/contract/overlays.ts'
import type { ContactRow } from '#shared/contract/peers.ts'
import { shownValue } from '../../codec/shown-value.ts'
import type { Entry } from '../../kademlia/bucket.ts'
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import { commonPrefixLength } from '../../kademlia/node-id.ts'
import type { BucketView as KademliaBucket } from '../../kademlia/routing-outcome.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'

/** A node that has answered within this time is good (BEP 5). */
export const GOOD_FOR: Millis = 15 * MINUTE
const MAX_SHOWN_CONTACTS = 200
const MAX_SHOWN_BUCKETS = 161
const MAX_PREVIEW = 100

export function overlayNode(node: KademliaNodePort, clock: Clock): OverlayNode {
  const { facts } = node
  const { id, family, local, externalHost, phase, serving, nodes, estimatedSize, retryAt } = facts
  const external = externalHost === undefined ? undefined : { host: externalHost, port: local.port }
  return {
    nodeId: id.toString(),
    ...{ family, phase, serving, nodes },
    listening: formatEndpoint(local),
    ...(external === undefined ? {} : { external: formatEndpoint(external) }),
    ...(estimatedSize === undefined ? {} : { estimatedSize }),
    storedInfoHashes: facts.storedInfoHashes,
    storedItems: facts.storedItems,
    ...(retryAt === undefined ? {} : { retryIn: Math.max(0, (retryAt - clock.now()) / SECOND) }),
    counters: countersOf(facts.counters),
    buckets: node
      .buckets()
      .slice(0, MAX_SHOWN_BUCKETS)
      .map((bucket) => bucketView(bucket, clock)),
  }
}

/** Every contact of a node's table, those that wait for a place included. */
export function contactRows(node: KademliaNodePort, clock: Clock): ContactRow[] {
  const { id: self, local } = node.facts
  const row = (entry: Readonly<Entry>, spare: boolean): ContactRow => {
    const contact = tableContact(entry, clock)
    return {
      id: `${formatEndpoint(local)}/${contact.nodeId}`,
      overlay: 'kademlia',
      ...contact,
      state: spare ? 'spare' : contact.state,
      sharedBits: commonPrefixLength(self, entry.contact.id),
    }
  }
  return node
    .buckets()
    .flatMap(({ live, spares }) => [
      ...live.map((entry) => row(entry, false)),
      ...spares.map((entry) => row(entry, true)),
    ])
}

/** @param id its target in hex */
export function storedItemRow(
  id: string,
  item: Item,
  { own, owned }: Pick<StoredItemRow, 'own' | 'owned'>,
): StoredItemRow {
  const { form, text } = shownValue(item.value, MAX_PREVIEW)
  return {
    id,
    kind: item.kind,
    size: item.value.length,
    ...{ preview: text, form },
    ...(item.kind === 'mutable' ? { publicKey: toHex(item.publicKey), salt: toHex(item.salt), seq: item.seq } : {}),
    own,
    ...(owned === undefined ? {} : { owned }),
  }
}

function bucketView({ depth, capacity, lastChanged, live, spares }: KademliaBucket, clock: Clock): BucketView {
  return {
    ...{ depth, capacity },
    lastChanged: calendarTime(lastChanged, clock) ?? 0,
    contacts: live.slice(0, MAX_SHOWN_CONTACTS).map((entry) => tableContact(entry, clock)),
    spares: spares.length,
  }
}

function tableContact({ contact, rtt, lastReply, fails }: Readonly<Entry>, clock: Clock): TableContact {
  const lastSeen = calendarTime(lastReply, clock)
  const isGood = clock.now() - lastReply < GOOD_FOR
  return {
    nodeId: contact.id.toString(),
    address: formatEndpoint(contact.endpoint),
    state: fails > 0 ? 'failing' : isGood ? 'good' : 'questionable',
    ...(Number.isFinite(rtt) ? { rtt } : {}),
    ...(lastSeen === undefined ? {} : { lastSeen }),
    secure: contact.secure,
  }
}

/** Unix milliseconds of a time of the monotonic clock; undefined for never. */
export function calendarTime(at: Millis, clock: Clock): number | undefined {
  return Number.isFinite(at) ? clock.wallTime() - (clock.now() - at) : undefined
}

function countersOf(counters: KademliaNodePort['facts']['counters']): OverlayNode['counters'] {
  const { queriesSent, queriesReceived, answersReceived, answersSent, timeouts, malformed } = counters
  const { packetsReceived, packetsOverBudget, bytesReceived, bytesSent } = counters
  return {
    ...{ queriesSent, queriesReceived, answersReceived, answersSent, timeouts, malformed },
    ...{ packetsReceived, packetsOverBudget, bytesReceived, bytesSent },
  }
}

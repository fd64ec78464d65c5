import { describe, expect, test } from 'vitest'
import { overlayNode as overlayNodeSchema, storedItemRow as storedItemSchema } from '#shared/contract/overlays.ts'
import { contactRow } from '#shared/contract/peers.ts'
import { Contact } from '../../kademlia/contact.ts'
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import { targetOf } from '../../kademlia/item-target.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { RoutingTable } from '../../kademlia/routing-table.ts'
import { fromHex, utf8 } from '../../kernel/bytes.ts'
import { MINUTE } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { zeroCounters } from '../../rpc/rpc-counters.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { contactRows, GOOD_FOR, overlayNode, storedItemRow } from './projections.ts'

const NOW = 10 * 60 * MINUTE
const clock = {
  now: () => NOW,
  wallTime: () => 1_700_000_000_000 + NOW,
  after: () => ({ cancel() {} }),
  every: () => ({ cancel() {} }),
}

function nodeWith(count: number, k: 8 | 20): KademliaNodePort {
  const random = SeededRandom.of(3)
  const id = NodeId.random(random)
  const table = new RoutingTable(id, 0, { k, onePerNetwork: false })
  for (let n = 0; n < count; n++) {
    const contact = new Contact(NodeId.random(random), { host: `11.${n >> 8}.${n & 255}.1`, port: 1 + n })
    table.offer(contact, 20 + n, NOW - n * MINUTE)
  }
  return {
    facts: {
      ...{ id, family: 4, local: { host: '0.0.0.0', port: 6881 }, externalHost: '9.9.9.9', phase: 'isolated' },
      ...{ serving: false, nodes: table.size, estimatedSize: 1_000.5, counters: zeroCounters() },
      ...{ storedInfoHashes: 3, storedItems: 4, retryAt: NOW + MINUTE },
    },
    buckets: () => table.view(),
  } as unknown as KademliaNodePort
}

describe('what is shown of a node', () => {
  test('keeps to the contract, also with the largest table', () => {
    for (const k of [8, 20] as const) {
      const node = nodeWith(5_000, k)
      const shown = overlayNodeSchema.parse(overlayNode(node, clock))
      expect(shown).toMatchObject({ listening: '0.0.0.0:6881', external: '9.9.9.9:6881', retryIn: 60, family: 4 })
      for (const row of contactRows(node, clock)) contactRow.parse(row)
    }
  })

  test('a contact is good for a quarter of an hour after its answer, and times are those of the calendar', () => {
    const rows = contactRows(nodeWith(20, 8), clock)
    expect(rows).toHaveLength(20)
    for (const { lastSeen, state } of rows) {
      const age = clock.wallTime() - (lastSeen as number)
      expect(state).toBe(age < GOOD_FOR ? 'good' : 'questionable')
    }
    expect(rows.map(({ rtt }) => rtt).sort()).toEqual(Array.from({ length: 20 }, (_, n) => 20 + n))
    expect(new Set(rows.map(({ id }) => id)).size).toBe(20)
  })
})

describe('a stored item', () => {
  test('is shown with what names it', () => {
    const item: Item = {
      kind: 'mutable',
      value: utf8('5:hello'),
      publicKey: fromHex('ab'.repeat(32)),
      salt: fromHex('cd'),
      seq: 2n ** 62n,
      signature: new Uint8Array(64),
    }
    expect(storedItemSchema.parse(storedItemRow(targetOf(item).toString(), item, { own: true }))).toMatchObject({
      ...{
        kind: 'mutable',
        size: 7,
        preview: 'hello',
        form: 'text',
        publicKey: 'ab'.repeat(32),
        salt: 'cd',
        seq: 2n ** 62n,
        own: true,
      },
    })
  })
})

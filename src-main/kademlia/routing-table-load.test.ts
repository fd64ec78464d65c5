import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { Contact } from './contact.ts'
import { closest, commonPrefixLength, NodeId } from './node-id.ts'
import { RoutingTable } from './routing-table.ts'

const random = SeededRandom.of(6)
const contacts = Array.from({ length: 2_000 }, (_, n) => {
  return new Contact(NodeId.random(random), { host: `10.${n >> 8}.${n & 255}.1`, port: 6881 })
})

describe('a table filled at once', () => {
  test.each([0, 1, 8, 9, 2_000])('with %i contacts has each in its bucket, and no more than those hold', (count) => {
    const table = new RoutingTable(NodeId.random(random), 0, { enlarged: false })
    table.load(contacts.slice(0, count), 5)
    const view = table.view()
    view.forEach((bucket, depth) => {
      expect(bucket.depth).toBe(depth)
      expect(bucket.live.length).toBeLessThanOrEqual(bucket.capacity)
      for (const { contact, lastReply } of bucket.live) {
        const shared = commonPrefixLength(table.self, contact.id)
        expect(depth === table.homeDepth ? shared >= depth : shared === depth).toBe(true)
        expect(lastReply).toBe(5)
      }
    })
    expect(table.size).toBe(view.reduce((sum, { live }) => sum + live.length, 0))
    expect(table.size).toBeGreaterThanOrEqual(Math.min(count, 8))
  })

  test('knows all near it, takes offers and answers as one that grew', () => {
    const table = new RoutingTable(NodeId.random(random), 0, { enlarged: false })
    table.load(contacts, 0)
    expect(table.closest(table.self, 8)).toEqual(closest(contacts, table.self, 8))
    const known = contacts.find(({ id }) => table.get(id)) as Contact
    expect(table.offer(known, 10, 1).outcome).toBe('refreshed')
    expect(table.failed(known)).toEqual({ removed: false })
  })
})

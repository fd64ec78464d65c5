import { describe, expect, test } from 'vitest'
import { ringHost as ringHostSchema } from '#shared/contract/overlays-ring.ts'
import { contactRow } from '#shared/contract/peers.ts'
import { type ChordContact, contactAt } from '../../chord/contact.ts'
import type { ChordFacts } from '../../chord/overlay.ts'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { GOOD_FOR } from './projections.ts'
import { ringContactRows, ringHost } from './ring-projections.ts'

const NOW = 10 * 60 * MINUTE
const WALL = 1_700_000_000_000
const clock = {
  now: () => NOW,
  wallTime: () => WALL,
  after: () => ({ cancel() {} }),
  every: () => ({ cancel() {} }),
}

const at = (n: number, slot = 0) => contactAt({ host: `20.1.${n >> 8}.${n & 255}`, port: 6881 }, slot) as ChordContact
const self = at(1, 3)

function factsOf(more: Partial<ChordFacts> = {}): ChordFacts {
  return {
    ...{ family: 4, local: { host: '0.0.0.0', port: 6881 }, externalHost: '20.1.0.1', phase: 'member' },
    ...{ missing: undefined, estimatedMembers: 12.5, isSmall: false, items: 2, infoHashes: 3, retryAt: undefined },
    virtualNodes: [
      {
        ...{ self, phase: 'member', predecessor: at(2), successors: [at(3), at(4)], keys: 5 },
        fingers: [{ power: 159, contact: at(5) }],
      },
    ],
    contacts: [
      { contact: at(3), rtt: 20.5, heardAt: NOW - MINUTE },
      { contact: at(4), rtt: undefined, heardAt: NOW - GOOD_FOR },
    ],
    ...more,
  }
}

describe('a host of ours on the ring', () => {
  test('is shown as the contract has it', () => {
    const row = ringHostSchema.parse(ringHost(factsOf(), clock))
    expect(row).toMatchObject({
      ...{ family: 4, listening: '0.0.0.0:6881', external: '20.1.0.1:6881', phase: 'member', estimatedMembers: 12.5 },
      virtualNodes: [
        {
          ...{ nodeId: self.id.toString(), address: '20.1.0.1:6881', slot: 3, phase: 'member', keys: 5 },
          predecessor: { nodeId: at(2).id.toString(), address: '20.1.0.2:6881', slot: 0 },
          successors: [{ address: '20.1.0.3:6881' }, { address: '20.1.0.4:6881' }],
          fingers: [{ power: 159, contact: { address: '20.1.0.5:6881' } }],
        },
      ],
      contacts: [{ contact: { address: '20.1.0.3:6881' }, rtt: 20.5, lastSeen: WALL - MINUTE }, {}],
    })
    expect(row.missing).toBeUndefined()
    expect(row.contacts[1]?.rtt).toBeUndefined()
  })

  test('a client says what is missing, an isolated one when it tries again', () => {
    const client = factsOf({ phase: 'client', missing: 'reach', virtualNodes: [], estimatedMembers: undefined })
    expect(ringHostSchema.parse(ringHost(client, clock))).toMatchObject({ phase: 'client', missing: 'reach' })
    const alone = factsOf({ phase: 'isolated', externalHost: undefined, retryAt: NOW + 30 * SECOND })
    expect(ringHostSchema.parse(ringHost(alone, clock))).toMatchObject({ phase: 'isolated', retryIn: 30 })
    expect(ringHost({ ...alone, retryAt: NOW - SECOND }, clock).retryIn).toBe(0)
  })

  test('never more than the contract takes', () => {
    const virtualNodes = Array.from({ length: 80 }, () => ({
      ...({ self, phase: 'member', predecessor: self, keys: 0, fingers: [] } as const),
      successors: Array.from({ length: 20 }, (_, n) => at(n + 2)),
    }))
    const contacts = Array.from({ length: 300 }, (_, n) => ({ contact: at(n + 2), rtt: 1, heardAt: NOW }))
    const facts = factsOf({ virtualNodes, contacts })
    ringHostSchema.parse(ringHost(facts, clock))
    expect(ringContactRows(facts, clock)).toHaveLength(200)
  })
})

test('members of other hosts are contacts, with how near they stand to a place of ours', () => {
  const rows = ringContactRows(
    factsOf({ contacts: [...factsOf().contacts, { contact: self, rtt: 1, heardAt: NOW }] }),
    clock,
  )
  for (const row of rows) contactRow.parse(row)
  expect(rows).toMatchObject([
    { overlay: 'chord', nodeId: at(3).id.toString(), address: '20.1.0.3:6881', state: 'good', rtt: 20.5, secure: true },
    { state: 'questionable', lastSeen: WALL - GOOD_FOR },
    { sharedBits: 160 },
  ])
  const [first] = rows
  const [a, b] = [self.id.toString(), at(3).id.toString()].map((hex) =>
    [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join(''),
  ) as [string, string]
  expect(first?.sharedBits).toBe([...a].findIndex((bit, n) => bit !== b[n]))
  expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
  expect(ringContactRows(factsOf({ virtualNodes: [] }), clock)[0]?.sharedBits).toBe(0)
})

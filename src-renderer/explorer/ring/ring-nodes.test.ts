import { describe, expect, test } from 'vitest'
import { generateRingClient, generateRingHost } from '../../mock/generate-ring.ts'
import { nodeAfter, nodesOf, pointedBy, pointersOf, pointerWords } from './ring-nodes.ts'

const NOW = 1_700_000_000_000
const host = generateRingHost(12, NOW)
const nodes = nodesOf(host)

describe('the places that we know of', () => {
  test('each once, in their order around the ring', () => {
    const ids = nodes.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort())
    expect(nodes.filter(({ own }) => own)).toHaveLength(host.virtualNodes.length)
    expect(nodes).toHaveLength(host.virtualNodes.length + host.contacts.length)
  })

  test('those that only our pointers name are among them', () => {
    const alone = { ...host, contacts: [] }
    const pointed = new Set(host.virtualNodes.flatMap(pointersOf).map(({ contact }) => contact.nodeId))
    for (const { nodeId } of host.virtualNodes) pointed.add(nodeId)
    expect(new Set(nodesOf(alone).map(({ id }) => id))).toEqual(pointed)
  })

  test('what is known of a contact stays with it', () => {
    const [known] = host.contacts
    expect(nodes.find(({ id }) => id === known?.contact.nodeId)).toMatchObject({
      rtt: known?.rtt,
      lastSeen: known?.lastSeen,
    })
  })
})

describe('pointers', () => {
  test('are told in words, and from the other side', () => {
    const own = host.virtualNodes[0] as (typeof host.virtualNodes)[0]
    const third = own.successors[2]?.nodeId ?? ''
    expect(pointersOf(own).slice(0, 3).map(pointerWords)).toEqual(['Predecessor', 'Successor 1', 'Successor 2'])
    expect(pointedBy(host, third)).toContain(`Successor 3 of slot ${own.slot}`)
    expect(pointerWords(pointersOf(own).at(-1) as never)).toMatch(/^Finger 2\^15\d$/)
  })

  test('nothing points to a place for a client', () => {
    const client = generateRingClient('reach', NOW)
    expect(pointedBy(client, client.contacts[0]?.contact.nodeId ?? '')).toEqual([])
  })
})

describe('going around by key', () => {
  test('on and back is where it began, and the ends meet', () => {
    for (const { id } of nodes) expect(nodeAfter(nodes, nodeAfter(nodes, id, 'next')?.id, 'previous')?.id).toBe(id)
    expect(nodeAfter(nodes, nodes.at(-1)?.id, 'next')).toBe(nodes[0])
    expect(nodeAfter(nodes, nodes[0]?.id, 'previous')).toBe(nodes.at(-1))
    expect(nodeAfter(nodes, undefined, 'first')).toBe(nodes[0])
    expect(nodeAfter(nodes, undefined, 'last')).toBe(nodes.at(-1))
  })

  test('from one of ours to the next passes over the others', () => {
    const own = nodes.filter((node) => node.own)
    expect(nodeAfter(nodes, own[0]?.id, 'next-own')).toBe(own[1])
    expect(nodeAfter(nodes, own[0]?.id, 'previous-own')).toBe(own.at(-1))
    expect(nodeAfter(nodes, undefined, 'next-own')).toBe(own[0])
  })

  test('without a place, or without one of ours, there is nowhere to go', () => {
    expect(nodeAfter([], undefined, 'next')).toBeUndefined()
    expect(nodeAfter(nodesOf(generateRingClient('address', NOW)), undefined, 'next-own')).toBeUndefined()
  })
})

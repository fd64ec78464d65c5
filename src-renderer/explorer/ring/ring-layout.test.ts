import { describe, expect, test } from 'vitest'
import { generateRingClient, generateRingHost, generateRingItems } from '../../mock/generate-ring.ts'
import { drawRing, OUTSIDE } from './ring-layout.ts'
import { nodesOf } from './ring-nodes.ts'

const NOW = 1_700_000_000_000
const SIZE = { width: 480, height: 400 }
const items = generateRingItems()

const draw = (hosts: number, chosen?: string) => {
  const host = generateRingHost(hosts, NOW)
  return drawRing({ host, nodes: nodesOf(host), items, chosen, size: SIZE })
}
const fromCentre = ({ x, y }: { x: number; y: number }): number => Math.hypot(x - 240, y - 200)

describe('a drawn ring', () => {
  test.each([0, 2, 12, 50])('of %s other hosts stands within its area, every place on the circle', (hosts) => {
    const { marks, frame } = draw(hosts)
    for (const { at } of marks) expect(fromCentre(at)).toBeCloseTo(frame.radius)
    expect(frame.radius + OUTSIDE.labels).toBeLessThan(SIZE.height / 2)
  })

  test('what each place of ours owns is marked, and that of a client is nothing', () => {
    expect(draw(12).owned).toHaveLength(4)
    const client = generateRingClient('reach', NOW)
    const drawn = drawRing({ host: client, nodes: nodesOf(client), items: [], chosen: undefined, size: SIZE })
    expect(drawn).toMatchObject({ owned: [], lines: [], labels: [], successors: undefined })
  })

  test('lines lead from the chosen place to its predecessor, first successor and fingers', () => {
    const own = generateRingHost(12, NOW).virtualNodes[0] as ReturnType<typeof generateRingHost>['virtualNodes'][0]
    const { lines, successors, marks } = draw(12, own.nodeId)
    const expected = ['predecessor', 'successor', ...own.fingers.map(({ power }) => `finger ${power}`)]
    expect(lines.map(({ id }) => id)).toEqual(expected)
    expect(successors).toMatch(/^M/)
    const pointed = new Set(
      [own.predecessor, ...own.successors, ...own.fingers.map(({ contact }) => contact)].map(({ nodeId }) => nodeId),
    )
    expect(new Set(marks.filter((mark) => mark.pointed).map(({ node }) => node.id))).toEqual(pointed)
  })

  test('a place of another host points nowhere that we know of', () => {
    const { lines, successors, labels } = draw(12, generateRingHost(12, NOW).contacts[0]?.contact.nodeId)
    expect(lines).toEqual([])
    expect(successors).toBeUndefined()
    expect(labels[0]?.text).toMatch(/^[0-9a-f]{6}…$/)
  })

  test('the chosen place has its label whatever stands beside it', () => {
    for (const { nodeId, slot } of generateRingHost(50, NOW).virtualNodes)
      expect(draw(50, nodeId).labels[0]).toMatchObject({ id: nodeId, text: `slot ${slot}` })
  })

  test('values stand outside of the ring, those that we own reach further', () => {
    const { keys, frame } = draw(12)
    expect(keys).toHaveLength(items.length)
    for (const { from, to, holding } of keys) {
      expect(fromCentre(from)).toBeCloseTo(frame.radius + OUTSIDE.keys)
      expect(fromCentre(to) - fromCentre(from)).toBeCloseTo(holding === 'owned' ? OUTSIDE.key : OUTSIDE.copy)
    }
  })

  test('alone with one place there is nobody to point to', () => {
    const alone = generateRingHost(0, NOW)
    const own = alone.virtualNodes[0] as (typeof alone.virtualNodes)[0]
    const host = { ...alone, virtualNodes: [{ ...own, predecessor: own, successors: [], fingers: [] }] }
    const { lines, owned } = drawRing({ host, nodes: nodesOf(host), items: [], chosen: own.nodeId, size: SIZE })
    expect(lines).toEqual([])
    expect(owned).toHaveLength(1)
  })
})

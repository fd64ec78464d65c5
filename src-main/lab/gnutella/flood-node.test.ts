import { describe, expect, test } from 'vitest'
import { ObjectNetwork } from '../../simulation/object-network.ts'
import { FloodNode, MAX_SEEN, MAX_TTL } from './flood-node.ts'
import { type FloodMessage, foldMessage, type HitMessage, sizeOf } from './messages.ts'

/** `count` nodes with connections by their numbers, from 0. */
function graph(count: number, links: readonly (readonly [number, number])[]) {
  const network = new ObjectNetwork<FloodMessage>({ seed: 1, latency: [10, 10], fold: foldMessage })
  const tally = { firsts: 0, duplicates: 0 }
  const nodes = Array.from({ length: count }, (_, n) => new FloodNode(network.host(`10.0.0.${n + 1}`), tally))
  const at = (n: number) => nodes[n] as FloodNode
  for (const [a, b] of links) at(a).connect(at(b))
  return { network, tally, nodes, at }
}

const chain = (count: number) =>
  graph(
    count,
    Array.from({ length: count - 1 }, (_, n) => [n, n + 1] as const),
  )

async function search({ network, at }: ReturnType<typeof graph>, from: number, item: string, ttl: number) {
  const hits: HitMessage[] = []
  at(from).search(item, ttl, (hit) => hits.push(hit))
  await network.settle()
  return hits.map(({ holder, hops }) => ({ holder, hops }))
}

describe('a query', () => {
  test('goes as many steps as it may and no further', async () => {
    const line = chain(6)
    line.at(3).hold('a')
    expect(await search(line, 0, 'a', 2)).toEqual([])
    expect(line.tally).toEqual({ firsts: 2, duplicates: 0 })
    expect(await search(line, 0, 'a', 3)).toEqual([{ holder: '10.0.0.4', hops: 3 }])
    expect(line.tally.firsts).toBe(5)
    // Three steps there, three back.
    expect(line.network.elapsed).toBe(20 + 60)
  })

  test('goes on behind who holds the item, and every holder answers', async () => {
    const line = chain(4)
    line.at(1).hold('a')
    line.at(3).hold('a')
    expect(await search(line, 0, 'a', 7)).toEqual([
      { holder: '10.0.0.2', hops: 1 },
      { holder: '10.0.0.4', hops: 3 },
    ])
    expect(await search(line, 0, 'b', 7)).toEqual([])
  })

  test('that comes again is dropped: on a ring of six both copies meet on the far side, and each ends there', async () => {
    const ring = graph(6, [...[0, 1, 2, 3, 4].map((n) => [n, n + 1] as const), [5, 0]])
    ring.at(3).hold('a')
    expect(await search(ring, 0, 'a', 20)).toEqual([{ holder: '10.0.0.4', hops: 3 }])
    expect(ring.tally).toEqual({ firsts: 5, duplicates: 2 })
  })

  test('is not answered by who asks, nor sent back to who brought it', async () => {
    const pair = chain(2)
    pair.at(0).hold('a')
    expect(await search(pair, 0, 'a', 7)).toEqual([])
    expect(pair.network.delivered).toBe(1)
  })

  test('of no steps, of half a step or of too many is refused', () => {
    const { at } = chain(2)
    for (const ttl of [0, 1.5, MAX_TTL + 1, Number.NaN])
      expect(() => at(0).search('a', ttl, () => {})).toThrow(RangeError)
  })

  test('that claims more steps than any may have is looked at, and passed on no further than that', async () => {
    const { network, tally, at } = chain(3)
    const id = { bytes: new Uint8Array(16), key: '00'.repeat(16) }
    at(0).host.send(at(1).host, { kind: 'query', id, ttl: 1_000, hops: MAX_TTL, item: 'a' }, 1)
    await network.settle()
    expect(tally).toEqual({ firsts: 1, duplicates: 0 })
  })
})

describe('a hit', () => {
  test('goes back on the way of the query, not on a shorter one that is there', async () => {
    const { network, at } = graph(4, [
      [0, 1],
      [1, 2],
      [2, 3],
    ])
    at(3).hold('a')
    const hits: HitMessage[] = []
    at(0).search('a', 7, (hit) => hits.push(hit))
    await network.run(31)
    at(3).connect(at(0))
    await network.settle()
    expect(network.elapsed).toBe(60)
    expect(hits).toHaveLength(1)
  })

  test('is lost with a node on its way', async () => {
    const line = chain(4)
    line.at(3).hold('a')
    const hits: HitMessage[] = []
    line.at(0).search('a', 7, (hit) => hits.push(hit))
    await line.network.run(31)
    line.at(1).host.kill()
    await line.network.settle()
    expect(hits).toEqual([])
  })

  test('for a search that was forgotten, or that nobody knows, tells nobody', async () => {
    const { network, at } = chain(2)
    at(1).hold('a')
    const hits: HitMessage[] = []
    at(0).forget(at(0).search('a', 1, (hit) => hits.push(hit)))
    const id = { bytes: new Uint8Array(16), key: '00'.repeat(16) }
    at(1).host.send(at(0).host, { kind: 'hit', id, ttl: 5, holder: '10.0.0.2', hops: 1, item: 'a' }, 1)
    await network.settle()
    expect([hits.length, network.delivered]).toEqual([0, 3])
  })
})

describe('what a node remembers', () => {
  test('has a bound; the oldest query is forgotten first, and is then as good as new', async () => {
    const { network, tally, at } = chain(2)
    const query = (n: number): FloodMessage => {
      const key = n.toString(16).padStart(32, '0')
      return { kind: 'query', id: { bytes: new Uint8Array(16), key }, ttl: 1, hops: 1, item: 'a' }
    }
    for (let n = 0; n < MAX_SEEN; n++) at(0).host.send(at(1).host, query(n), 1)
    at(0).host.send(at(1).host, query(0), 1)
    await network.settle()
    expect(tally).toEqual({ firsts: MAX_SEEN, duplicates: 1 })
    at(0).host.send(at(1).host, query(MAX_SEEN), 1)
    at(0).host.send(at(1).host, query(0), 1)
    await network.settle()
    expect(tally).toEqual({ firsts: MAX_SEEN + 2, duplicates: 1 })
    expect(at(1).remembered).toBe(MAX_SEEN)
  })

  test('has each neighbour once, and never itself', () => {
    const { at } = chain(2)
    expect([at(0).connect(at(1)), at(1).connect(at(0)), at(0).connect(at(0))]).toEqual([false, false, false])
    expect(at(0).neighbours.size).toBe(1)
  })
})

test('sizes are those of Gnutella 0.4: 23 bytes of header, then the text and what goes with it', () => {
  const id = { bytes: new Uint8Array(16), key: '00'.repeat(16) }
  expect(sizeOf({ kind: 'query', id, ttl: 7, hops: 1, item: 'abcd' })).toBe(30)
  expect(sizeOf({ kind: 'hit', id, ttl: 7, hops: 1, holder: '10.0.0.1', item: 'abcd' })).toBe(64)
})

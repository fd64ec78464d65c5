import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BlockPosition } from '../../chain.ts'
import { BlockDownloads, type BlockProvider } from './block-downloads.ts'
import {
  BLOCK_TIME_LIMIT,
  DOWNLOAD_WINDOW,
  FIRST_STALL_LIMIT,
  LAST_STALL_LIMIT,
  LIMITED_BLOCKS,
  MAX_BLOCKS_IN_FLIGHT,
  MAX_BLOCKS_PER_PEER,
  MAX_UNCHECKED_BLOCKS,
  MAX_UNCHECKED_BYTES,
} from './download-limits.ts'

class TestPeer implements BlockProvider {
  head: BlockPosition | undefined
  blocks: BlockProvider['blocks']

  constructor(head: BlockPosition | undefined, blocks: BlockProvider['blocks'] = 'all') {
    this.head = head
    this.blocks = blocks
  }
}

/** The block of a branch at a height. */
function at(height: number, branch = 0): BlockPosition {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, height)
  hash[4] = branch
  return { hash, height }
}

function path(from: number, to: number, head: BlockPosition = at(to)) {
  const end = Math.min(to, from + DOWNLOAD_WINDOW - 1)
  const missing = Array.from({ length: end - from + 1 }, (_, i) => at(from + i))
  return { head, missing, isCut: missing.length === DOWNLOAD_WINDOW }
}

function set(peers: readonly TestPeer[], ...paths: ReturnType<typeof path>[]): BlockDownloads<TestPeer> {
  const downloads = new BlockDownloads<TestPeer>()
  for (const peer of peers) downloads.joined(peer)
  downloads.beginRefresh()
  downloads.setPaths(paths)
  return downloads
}

function heights(positions: readonly BlockPosition[] | undefined): number[] {
  return (positions ?? []).map(({ height }) => height)
}

describe('what is asked of whom', () => {
  test('each peer has other blocks, the lowest first, up to its number and the number of all', () => {
    const peers = Array.from({ length: 12 }, () => new TestPeer(at(500)))
    const plan = set(peers, path(1, 500)).plan(0)
    const asked = peers.map((peer) => heights(plan.get(peer)))
    expect(asked[0]).toEqual(Array.from({ length: MAX_BLOCKS_PER_PEER }, (_, i) => 1 + i))
    expect(asked.flat()).toHaveLength(MAX_BLOCKS_IN_FLIGHT)
    expect(new Set(asked.flat()).size).toBe(MAX_BLOCKS_IN_FLIGHT)
  })

  test('a peer is asked only on the way to its own head', () => {
    const [long, short] = [new TestPeer(at(20)), new TestPeer(at(3))]
    const plan = set([short, long], path(1, 20), path(1, 3)).plan(0)
    expect(heights(plan.get(short))).toEqual([1, 2, 3])
    expect(heights(plan.get(long))[0]).toBe(4)
  })

  test('a limited peer only within its newest blocks, one without blocks for none', () => {
    const [limited, none] = [new TestPeer(at(1_000), 'recent'), new TestPeer(at(1_000), 'none')]
    const plan = set([none, limited], path(1, 1_000)).plan(0)
    expect(plan.has(none)).toBe(false)
    expect(heights(plan.get(limited))[0]).toBe(1_000 - LIMITED_BLOCKS + 3)
  })

  test('nothing more while too much waits to be checked', () => {
    const peer = new TestPeer(at(1_000))
    const downloads = set([peer], path(1, 1_000))
    for (const { hash } of downloads.plan(0).get(peer) ?? [])
      downloads.delivered(peer, hash, MAX_UNCHECKED_BYTES / MAX_BLOCKS_PER_PEER, 0)
    expect(downloads.plan(0).size).toBe(0)
    downloads.settled(at(1).hash, 'done', 0)
    expect(downloads.plan(0).size).toBe(1)
  })

  test(`nor more than ${MAX_UNCHECKED_BLOCKS} blocks, however small`, () => {
    const peer = new TestPeer(at(1_000))
    const downloads = set([peer], path(1, 1_000))
    let unchecked = 0
    for (let plan = downloads.plan(0); plan.size > 0; plan = downloads.plan(0))
      for (const { hash } of plan.get(peer) ?? []) {
        downloads.delivered(peer, hash, 100, 0)
        unchecked++
      }
    expect(unchecked).toBe(MAX_UNCHECKED_BLOCKS)
  })

  test('what is asked as a compact block is not asked again', () => {
    const [first, second] = [new TestPeer(at(1)), new TestPeer(at(1))]
    const downloads = set([first, second], path(1, 1))
    expect(downloads.askedOtherwise(first, at(1), 0)).toBe(true)
    expect(downloads.askedOtherwise(second, at(1), 0)).toBe(false)
    expect(downloads.plan(0).size).toBe(0)
    downloads.left(first)
    expect(heights(downloads.plan(0).get(second))).toEqual([1])
  })

  test('a block that was changed on its way is wanted again, one that is done is not, until paths say so anew', () => {
    const peer = new TestPeer(at(1))
    const downloads = set([peer], path(1, 1))
    downloads.plan(0)
    downloads.delivered(peer, at(1).hash, 100, 0)
    downloads.settled(at(1).hash, 'wanted', 0)
    expect(downloads.plan(0).size).toBe(1)
    downloads.beginRefresh()
    downloads.delivered(peer, at(1).hash, 100, 0)
    downloads.settled(at(1).hash, 'done', 0)
    // The chain was asked before it was done.
    downloads.setPaths([path(1, 1)])
    expect(downloads.plan(0).size).toBe(0)
    downloads.beginRefresh()
    downloads.setPaths([path(1, 1)])
    expect(downloads.plan(0).size).toBe(1)
  })
})

describe('peers that are given up', () => {
  test('who holds up the window has little time, doubled each time and shrinking with progress', () => {
    const [staller, other] = [new TestPeer(at(3_000)), new TestPeer(at(3_000))]
    const downloads = set([staller, other], path(1, 3_000))
    const first = downloads.plan(0)
    expect(heights(first.get(staller))).toContain(1)
    // The other has got everything else within the window, and what there is beyond it may not be asked for yet.
    let now = 0
    for (let asked = first.get(other) ?? []; asked.length > 0; asked = downloads.plan(now).get(other) ?? [])
      for (const { hash } of asked) {
        downloads.delivered(other, hash, 100, now)
        downloads.settled(hash, 'done', now)
      }
    downloads.beginRefresh()
    downloads.setPaths([
      {
        head: at(3_000),
        missing: [...Array(16).keys()].map((i) => at(1 + i)).concat([at(1_025), at(1_026)]),
        isCut: true,
      },
    ])
    expect(downloads.plan(now).size).toBe(0)
    expect(downloads.stalled(FIRST_STALL_LIMIT - 1)).toEqual([])
    now = FIRST_STALL_LIMIT
    expect(downloads.stalled(now)).toEqual([{ peer: staller, because: 'stalling' }])
    expect(downloads.stallLimit).toBe(2 * FIRST_STALL_LIMIT)
    for (let i = 0; i < 20; i++) {
      downloads.plan(now)
      now += LAST_STALL_LIMIT
      downloads.stalled(now)
    }
    expect(downloads.stallLimit).toBeLessThanOrEqual(LAST_STALL_LIMIT)
    downloads.left(staller)
    for (const { hash } of downloads.plan(now).get(other) ?? []) downloads.settled(hash, 'done', now)
    expect(downloads.stallLimit).toBeLessThan(LAST_STALL_LIMIT)
  })

  test('a block takes too long: a minute, and half as much for each other peer that is downloading', () => {
    const peers = [new TestPeer(at(100)), new TestPeer(at(100)), new TestPeer(at(100))]
    const downloads = set(peers, path(1, 100))
    downloads.plan(0)
    expect(downloads.stalled(2 * BLOCK_TIME_LIMIT - 1)).toEqual([])
    expect(downloads.stalled(2 * BLOCK_TIME_LIMIT).map(({ because }) => because)).toEqual(Array(3).fill('timeout'))
  })
})

test('whatever happens, no block is asked of two peers, no limit is passed, and all is done in the end', () => {
  const action = fc.record({
    kind: fc.constantFrom('deliver', 'deliver', 'deliver', 'refuse', 'lose', 'missing', 'refresh'),
    peer: fc.nat(4),
    pick: fc.nat(15),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), fc.integer({ min: 1, max: 1_500 }), (actions, length) => {
      const done = new Set<number>()
      const peers = Array.from({ length: 5 }, () => new TestPeer(at(length)))
      const asked = new Map(peers.map((peer) => [peer, new Map<number, BlockPosition>()]))
      const downloads = new BlockDownloads<TestPeer>()
      for (const peer of peers) downloads.joined(peer)
      const refresh = () => {
        downloads.beginRefresh()
        const missing: BlockPosition[] = []
        for (let height = 1; height <= length && missing.length < DOWNLOAD_WINDOW; height++)
          if (!done.has(height)) missing.push(at(height))
        downloads.setPaths([{ head: at(length), missing, isCut: missing.length === DOWNLOAD_WINDOW }])
      }
      const plan = () => {
        for (const [peer, positions] of downloads.plan(0))
          for (const position of positions) asked.get(peer)?.set(position.height, position)
        const all = [...asked.values()].flatMap((requests) => [...requests.keys()])
        expect(new Set(all).size).toBe(all.length)
        expect(all.length).toBe(downloads.counts().inFlight)
        expect(all.length).toBeLessThanOrEqual(MAX_BLOCKS_IN_FLIGHT)
        for (const requests of asked.values()) expect(requests.size).toBeLessThanOrEqual(MAX_BLOCKS_PER_PEER)
        let lowest = 1
        while (done.has(lowest)) lowest++
        for (const height of all) expect(height).toBeLessThan(lowest + DOWNLOAD_WINDOW)
      }
      const step = ({ kind, peer: number, pick }: { kind: string; peer: number; pick: number }) => {
        const peer = peers[number] as TestPeer
        const requests = asked.get(peer) as Map<number, BlockPosition>
        const position = [...requests.values()][pick % Math.max(1, requests.size)]
        if (kind === 'refresh') refresh()
        if (kind === 'lose') {
          downloads.left(peer)
          downloads.joined(peer)
          requests.clear()
        }
        if (position === undefined) return
        if (kind === 'missing') downloads.notFound(peer, position.hash, 0)
        if (kind === 'deliver' || kind === 'refuse') {
          expect(downloads.delivered(peer, position.hash, 1_000, 0)).toBe(true)
          downloads.settled(position.hash, kind === 'deliver' ? 'done' : 'wanted', 0)
          if (kind === 'deliver') done.add(position.height)
        }
        if (kind !== 'lose' && kind !== 'refresh') requests.delete(position.height)
      }
      refresh()
      for (const each of actions) {
        plan()
        step(each)
      }
      for (const peer of peers) step({ kind: 'lose', peer: peers.indexOf(peer), pick: 0 })
      for (let round = 0; done.size < length && round < 10 * length; round++) {
        if (downloads.needsRefresh) refresh()
        plan()
        for (const peer of peers.keys()) step({ kind: 'deliver', peer, pick: 0 })
      }
      expect(done.size).toBe(length)
      expect(downloads.counts()).toMatchObject({ uncheckedBytes: 0 })
    }),
    { seed: 20_261_122, numRuns: process.env.SHOAL_LONG === '1' ? 1_000 : 30 },
  )
})

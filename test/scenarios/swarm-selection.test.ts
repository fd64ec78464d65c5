/** Fetching a part of a torrent (BEP 53), and what a peer that wants no more is to the others (BEP 21). */
import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { PeerSource, Subject } from '../../src-main/kernel/peer-source.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { Bitfield } from '../../src-main/torrent/bitfield.ts'
import { makeTorrent, SwarmNode, startAll, stopAll } from './swarm-world.ts'

const KIB = 1024
const PIECES = 20
const torrent = makeTorrent(PIECES, 32 * KIB, 1_000)

function pieces(...numbers: number[]): Bitfield {
  const bits = new Bitfield(PIECES)
  for (const piece of numbers) bits.set(piece)
  return bits
}

const has = (node: SwarmNode) =>
  Array.from({ length: PIECES }, (_, piece) => piece).filter((p) => node.swarm.have.has(p))

describe('a part of a torrent', () => {
  test('is fetched, told as complete once, and nothing else is', async () => {
    const sim = new Simulation({ seed: 1 })
    let subject: Subject | undefined
    let completions = 0
    const source: PeerSource = {
      kind: 'tracker',
      follow: (what) => {
        subject = what
        const completed = () => void completions++
        return { completed, refresh: () => {}, status: () => [], stop: () => Promise.resolve() }
      },
    }
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const leech = new SwarmNode(sim, torrent, 'leech', {
      swarm: { wanted: pieces(3, 4, 5, PIECES - 1) },
      sources: [source],
    })
    await sim.within(SECOND, Promise.all([seed.start(), leech.start([seed])]))
    expect(subject?.totals().left).toBe(3 * 32 * KIB + 1_000)
    await sim.until(MINUTE, () => leech.completedAt !== undefined)
    await sim.run(10 * SECOND)
    expect(has(leech)).toEqual([3, 4, 5, PIECES - 1])
    expect(leech.swarm.finished).toBe(true)
    expect(subject?.totals()).toMatchObject({ left: 0, downloaded: 3 * 32 * KIB + 1_000 })
    // a tracker counts those that got the whole torrent
    expect(completions).toBe(0)
    expect(leech.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, wasted: 0 })
    await stopAll(sim, [seed, leech])
  })

  test('grows: the seed that was let go is dialled again, and all of it comes', async () => {
    const sim = new Simulation({ seed: 2 })
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const leech = new SwarmNode(sim, torrent, 'leech', { swarm: { wanted: pieces(0) } })
    await sim.within(SECOND, Promise.all([seed.start(), leech.start([seed])]))
    await sim.until(MINUTE, () => leech.swarm.finished)
    await sim.run(20 * SECOND)
    leech.swarm.select(pieces(0, 7, 8))
    expect(leech.swarm.finished).toBe(false)
    await sim.until(20 * SECOND, () => leech.swarm.finished)
    expect(has(leech)).toEqual([0, 7, 8])
    await sim.run(20 * SECOND)
    leech.swarm.select(Bitfield.full(PIECES))
    await sim.until(MINUTE, () => leech.complete)
    expect(bytesEqual(leech.storage.bytes, torrent.data)).toBe(true)
    await stopAll(sim, [seed, leech])
  })

  test('shrinks in the middle of blocks, again and again, and what is fetched is right', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const sim = new Simulation({ seed, bandwidth: { up: 100_000, down: 1_000_000 } })
      const source = new SwarmNode(sim, torrent, 'seed', { seed: true })
      const leeches = ['a', 'b'].map((name) => new SwarmNode(sim, torrent, name))
      await startAll(sim, [source, ...leeches])
      for (let turn = 0; turn < 40; turn++) {
        await sim.run(173)
        for (const [n, leech] of leeches.entries()) {
          leech.swarm.select(new Bitfield(PIECES, Uint8Array.of(turn * 37 + n, turn * 91, 0x5a)))
        }
      }
      for (const leech of leeches) leech.swarm.select(Bitfield.full(PIECES))
      await sim.until(5 * MINUTE, () => leeches.every((leech) => leech.complete), `seed ${seed}: all is there`)
      for (const leech of leeches) {
        expect(bytesEqual(leech.storage.bytes, torrent.data)).toBe(true)
        expect(leech.banned).toEqual([])
      }
      await stopAll(sim, [source, ...leeches])
    }
  })

  test('given up and wanted again while a block arrives: what was begun does not count', async () => {
    const small = makeTorrent(2, 64 * KIB)
    const sim = new Simulation({ seed: 1, bandwidth: { up: 20_000, down: 1_000_000 } })
    const source = new SwarmNode(sim, small, 'seed', { seed: true })
    const leech = new SwarmNode(sim, small, 'leech')
    await startAll(sim, [source, leech])
    const filled = () => leech.swarm.peers().find((peer) => peer.filling !== undefined)?.filling?.buffer.piece
    for (let turn = 0; turn < 3; turn++) {
      await sim.until(MINUTE, () => filled() !== undefined)
      const other = new Bitfield(2)
      other.set(1 - (filled() as number))
      leech.swarm.select(other)
      leech.swarm.select(Bitfield.full(2))
      await sim.until(MINUTE, () => filled() === undefined)
    }
    await sim.until(MINUTE, () => leech.complete)
    expect(bytesEqual(leech.storage.bytes, small.data)).toBe(true)
    // what was on its way in each turn, and no more: never a whole piece whose hash was wrong
    expect(leech.swarm.snapshot().wasted).toBeLessThan(3 * 64 * KIB)
    await stopAll(sim, [source, leech])
  })

  test('that is there already is complete as soon as the rest is not wanted', async () => {
    const sim = new Simulation({ seed: 3, bandwidth: { up: 50_000, down: 1_000_000 } })
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const leech = new SwarmNode(sim, torrent, 'leech')
    await startAll(sim, [seed, leech])
    await sim.until(MINUTE, () => leech.verified.length >= 3)
    expect(leech.completedAt).toBeUndefined()
    leech.swarm.select(pieces(...leech.verified))
    expect(leech.completedAt).toBe(leech.host.clock.now())
    const before = has(leech)
    await sim.run(MINUTE)
    expect(has(leech).length).toBeLessThanOrEqual(before.length + 1)
    await stopAll(sim, [seed, leech])
  })
})

describe('a peer that wants no more', () => {
  test('serves what it has, and takes part as a seed', async () => {
    const sim = new Simulation({ seed: 4 })
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const part = new SwarmNode(sim, torrent, 'part', { swarm: { wanted: pieces(1, 2) } })
    await startAll(sim, [seed, part])
    await sim.until(MINUTE, () => part.swarm.finished)
    await sim.within(SECOND, seed.stop())
    const leech = new SwarmNode(sim, torrent, 'leech')
    await sim.within(SECOND, leech.start([part]))
    await sim.until(MINUTE, () => has(leech).length === 2)
    expect(leech.swarm.peers().map(({ uploadOnly, isSeed }) => [uploadOnly, isSeed])).toEqual([[true, true]])
    await sim.run(10 * SECOND)
    await stopAll(sim, [seed, part, leech])
  })

  test('says so to those that are connected, and takes it back', async () => {
    const sim = new Simulation({ seed: 5 })
    const other = new SwarmNode(sim, torrent, 'other')
    const part = new SwarmNode(sim, torrent, 'part')
    await startAll(sim, [other, part])
    await sim.run(10 * SECOND)
    const seen = () => other.swarm.peers().map(({ uploadOnly }) => uploadOnly)
    expect(seen()).toEqual([false])
    part.swarm.select(new Bitfield(PIECES))
    await sim.run(SECOND)
    expect(seen()).toEqual([true])
    part.swarm.select(pieces(9))
    await sim.run(SECOND)
    expect(seen()).toEqual([false])
    await stopAll(sim, [other, part])
  })

  test('has no use for another one', async () => {
    const sim = new Simulation({ seed: 6 })
    const nodes = ['a', 'b'].map((name) => new SwarmNode(sim, torrent, name))
    await startAll(sim, nodes)
    await sim.run(10 * SECOND)
    for (const node of nodes) node.swarm.select(new Bitfield(PIECES))
    await sim.run(10 * SECOND)
    for (const node of nodes) expect(node.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, connecting: 0 })
    await stopAll(sim, nodes)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bitfield } from '../bitfield.ts'
import { BLOCK_LENGTH, type BlockAddress } from '../wire/peer-wire.ts'
import { MAX_COPIES } from './end-game.ts'
import { Geometry } from './geometry.ts'
import { type PickerEvents, PiecePicker, RANDOM_FIRST_PIECES } from './picker.ts'
import { auditPicker } from './picker-audit.ts'
import type { PickerPeer } from './picker-peer.ts'
import { HAVE, SKIPPED } from './piece-state.ts'
import { runs, SeededRandom } from './test-support.ts'

const BLOCKS = 4

function torrent(pieces: number, lastBytes = BLOCKS * BLOCK_LENGTH): Geometry {
  const pieceLength = BLOCKS * BLOCK_LENGTH
  return new Geometry({ pieceCount: pieces, pieceLength, totalLength: (pieces - 1) * pieceLength + lastBytes })
}

interface Setup {
  pieces?: number
  seed?: number
  maxPieces?: number
  have?: Bitfield
  wanted?: Bitfield
}

function create({ pieces = 20, seed = 1, maxPieces = 100, have = new Bitfield(pieces), wanted }: Setup = {}) {
  const withdrawn: { peer: PickerPeer; block: number }[] = []
  const dropped: number[] = []
  const events: PickerEvents = {
    withdrawn: (peer, block) => withdrawn.push({ peer, block }),
    dropped: (piece) => dropped.push(piece),
  }
  const picker = new PiecePicker(torrent(pieces), have, new SeededRandom(seed), maxPieces, events, wanted)
  return { picker, withdrawn, dropped }
}

function seedPeer(picker: PiecePicker): PickerPeer {
  const peer = picker.addPeer()
  picker.setPieces(peer, Bitfield.full(picker.geometry.pieceCount))
  return peer
}

function peerWith(picker: PiecePicker, ...pieces: number[]): PickerPeer {
  const peer = picker.addPeer()
  const bits = new Bitfield(picker.geometry.pieceCount)
  for (const piece of pieces) bits.set(piece)
  picker.setPieces(peer, bits)
  return peer
}

function pick(picker: PiecePicker, peer: PickerPeer, want: number, now = 0): BlockAddress[] {
  const out: BlockAddress[] = []
  picker.pick(peer, want, now, out)
  auditPicker(picker)
  return out
}

function deliver(picker: PiecePicker, peer: PickerPeer, block: BlockAddress) {
  const arrival = picker.arrived(peer, picker.geometry.numberAt(block))
  auditPicker(picker)
  return arrival
}

/** Fetches whole pieces through `peer` until `count` are had. */
function fetch(picker: PiecePicker, peer: PickerPeer, count: number): number[] {
  const order: number[] = []
  for (let round = 0; order.length < count; round++) {
    if (round > 10_000) throw new Error(`stuck at ${picker.have.count} pieces`)
    for (const block of pick(picker, peer, BLOCKS)) {
      if (deliver(picker, peer, block) === 'piece') {
        picker.passed(block.piece)
        order.push(block.piece)
      }
    }
  }
  return order
}

describe('order', () => {
  test('finishes a piece before it begins another', () => {
    const { picker } = create()
    const peer = seedPeer(picker)
    const first = pick(picker, peer, 2)
    const second = pick(picker, peer, 4)
    expect(first.map((b) => b.piece)).toEqual([second[0]?.piece, second[1]?.piece])
    expect(new Set([...first, ...second].map((b) => `${b.piece}:${b.begin}`)).size).toBe(6)
  })

  test('the first pieces are random, the next the rarest', () => {
    const { picker } = create({ pieces: 30 })
    const seed = seedPeer(picker)
    peerWith(picker, ...Array.from({ length: 30 }, (_, i) => i).filter((i) => i !== 7 && i !== 21))
    fetch(picker, seed, RANDOM_FIRST_PIECES)
    const rare = [7, 21].filter((piece) => !picker.have.has(piece))
    const next = fetch(picker, seed, rare.length)
    expect(next.sort((a, b) => a - b)).toEqual(rare)
  })

  test('the first pieces differ from seed to seed', () => {
    const starts = new Set<number>()
    for (let seed = 1; seed <= 20; seed++) {
      const { picker } = create({ seed })
      starts.add(pick(picker, seedPeer(picker), 1)[0]?.piece as number)
    }
    expect(starts.size).toBeGreaterThan(5)
  })

  test('a snubbed peer gets what is common', () => {
    const have = new Bitfield(30)
    for (let piece = 0; piece < RANDOM_FIRST_PIECES; piece++) have.set(piece)
    const { picker } = create({ pieces: 30, have })
    peerWith(picker, 17)
    const slow = seedPeer(picker)
    slow.snubbed = true
    expect(pick(picker, slow, 1)[0]?.piece).toBe(17)
  })

  test('only pieces that the peer has', () => {
    const { picker } = create()
    expect(pick(picker, peerWith(picker, 3, 9), 100).every((b) => b.piece === 3 || b.piece === 9)).toBe(true)
  })

  test('fast peers fetch pieces of their own, slow ones share', () => {
    const { picker } = create()
    const [fastA, fastB, slowA, slowB] = [seedPeer(picker), seedPeer(picker), seedPeer(picker), seedPeer(picker)]
    fastA.fast = true
    fastB.fast = true
    const [a, b] = [pick(picker, fastA, 1)[0], pick(picker, fastB, 1)[0]]
    const [c, d] = [pick(picker, slowA, 1)[0], pick(picker, slowB, 1)[0]]
    expect(a?.piece).not.toBe(b?.piece)
    expect(c?.piece).toBe(d?.piece)
    expect([a?.piece, b?.piece]).not.toContain(c?.piece)
  })
})

describe('requests come back', () => {
  test('when a peer leaves, its blocks go to the next', () => {
    const { picker } = create({ pieces: 2 })
    const [a, b] = [seedPeer(picker), seedPeer(picker)]
    const asked = pick(picker, a, 8)
    expect(asked).toHaveLength(8)
    picker.removePeer(a)
    auditPicker(picker)
    expect(pick(picker, b, 8)).toHaveLength(8)
  })

  test('all but the oldest of a snubbed peer', () => {
    const { picker } = create({ pieces: 2 })
    const [a, b] = [seedPeer(picker), seedPeer(picker)]
    const asked = pick(picker, a, 8)
    expect(picker.releaseAll(a, 1)).toHaveLength(7)
    auditPicker(picker)
    expect([...a.requests.keys()]).toEqual([picker.geometry.numberAt(asked[0] as BlockAddress)])
    expect(pick(picker, b, 8)).toHaveLength(7)
  })

  test('a piece of which nothing came is wanted again', () => {
    const { picker, dropped } = create()
    const peer = seedPeer(picker)
    const [block] = pick(picker, peer, 1)
    picker.release(peer, picker.geometry.numberAt(block as BlockAddress))
    auditPicker(picker)
    expect(dropped).toEqual([block?.piece])
    expect(picker.partials.size).toBe(0)
  })

  test('an unknown or doubled arrival changes nothing', () => {
    const { picker } = create()
    const [a, b] = [seedPeer(picker), seedPeer(picker)]
    const block = pick(picker, a, 1)[0] as BlockAddress
    expect(deliver(picker, b, block)).toBe('unwanted')
    expect(deliver(picker, a, block)).toBe('block')
    expect(deliver(picker, a, block)).toBe('unwanted')
  })
})

describe('end-game', () => {
  test('no block is asked twice while any is free', () => {
    const { picker } = create({ pieces: 3 })
    const peers = [seedPeer(picker), seedPeer(picker), seedPeer(picker)]
    const asked = peers.flatMap((peer) => pick(picker, peer, 4))
    expect(new Set(asked.map((b) => picker.geometry.numberAt(b))).size).toBe(12)
  })

  test('a block is asked of a few peers, and the others are told when it comes', () => {
    const { picker, withdrawn } = create({ pieces: 1 })
    const peers = Array.from({ length: 6 }, () => seedPeer(picker))
    const counts = peers.map((peer) => pick(picker, peer, 10).length)
    expect(counts).toEqual([4, 4, 4, 0, 0, 0])
    expect(Math.max(...(picker.partials.get(0)?.asked ?? []))).toBe(MAX_COPIES)
    const block = picker.geometry.address(0, 2)
    expect(deliver(picker, peers[1] as PickerPeer, block)).toBe('block')
    expect(withdrawn).toEqual([
      { peer: peers[0], block: 2 },
      { peer: peers[2], block: 2 },
    ])
  })

  test('only a peer with nothing else to do joins in', () => {
    const { picker } = create({ pieces: 2 })
    const [a, b] = [seedPeer(picker), seedPeer(picker)]
    pick(picker, a, 4)
    expect(pick(picker, b, 4)).toHaveLength(4)
    expect(pick(picker, b, 4)).toHaveLength(0)
  })
})

describe('suspects', () => {
  test('fetch whole pieces that nobody else touches', () => {
    const { picker } = create()
    const [suspect, other] = [seedPeer(picker), seedPeer(picker)]
    suspect.suspect = true
    const mine = pick(picker, suspect, 1)[0]
    expect(pick(picker, other, 70).some((b) => b.piece === mine?.piece)).toBe(false)
    expect(pick(picker, suspect, 3).every((b) => b.piece === mine?.piece)).toBe(true)
  })

  test('cannot keep a piece from the others at the end', () => {
    const { picker } = create({ pieces: 1 })
    const [suspect, other] = [seedPeer(picker), seedPeer(picker)]
    suspect.suspect = true
    pick(picker, suspect, 1)
    expect(pick(picker, other, 10)).toHaveLength(3)
  })
})

describe('bounds', () => {
  test('no more pieces in memory than told, verifying ones included', () => {
    const { picker } = create({ maxPieces: 3 })
    const peer = seedPeer(picker)
    const asked = pick(picker, peer, 1_000)
    expect(asked).toHaveLength(3 * BLOCKS)
    for (const block of asked) deliver(picker, peer, block)
    expect(picker.verifying).toBe(3)
    expect(pick(picker, peer, 1)).toHaveLength(0)
    picker.passed(asked[0]?.piece as number)
    expect(pick(picker, peer, 1_000)).toHaveLength(BLOCKS)
  })

  test('pieces of peers long gone do not fill the room for ever', () => {
    const { picker, dropped } = create({ maxPieces: 2 })
    const gone = peerWith(picker, 1, 2)
    for (const block of pick(picker, gone, 8).filter((b) => b.begin === 0)) deliver(picker, gone, block)
    picker.removePeer(gone)
    auditPicker(picker)
    const peer = peerWith(picker, 5, 6)
    const asked = pick(picker, peer, 8).map((b) => b.piece)
    expect(asked.sort()).toEqual([5, 5, 5, 5, 6, 6, 6, 6])
    expect([...dropped].sort()).toEqual([1, 2])
  })
})

const only = (length: number, ...pieces: number[]): Bitfield => {
  const bits = new Bitfield(length)
  for (const piece of pieces) bits.set(piece)
  return bits
}

describe('pieces that are not wanted', () => {
  test('are never asked for, and the rest is all there is to do', () => {
    const { picker } = create({ pieces: 6, wanted: only(6, 1, 4) })
    auditPicker(picker)
    const peer = seedPeer(picker)
    expect(peer.interesting).toBe(2)
    expect(picker.finished).toBe(false)
    fetch(picker, peer, 2)
    expect([0, 1, 2, 3, 4, 5].map((piece) => picker.have.has(piece))).toEqual([false, true, false, false, true, false])
    expect([picker.finished, picker.missing, peer.interesting]).toEqual([true, 0, 0])
    expect(picker.states[0]).toBe(SKIPPED)
    expect(pick(picker, peer, 10)).toEqual([])
  })

  test('are given up in the middle: requests are withdrawn, the memory is free', () => {
    const { picker, withdrawn, dropped } = create({ pieces: 2 })
    const a = seedPeer(picker)
    const asked = pick(picker, a, 6)
    deliver(picker, a, asked[0] as BlockAddress)
    picker.select(only(2, asked[4]?.piece as number))
    auditPicker(picker)
    expect(dropped).toEqual([asked[0]?.piece])
    expect(withdrawn.map(({ block }) => block)).toEqual(
      asked.slice(1, BLOCKS).map((block) => picker.geometry.numberAt(block)),
    )
    expect(picker.arrived(a, picker.geometry.numberAt(asked[1] as BlockAddress))).toBe('unwanted')
    expect([...a.requests.keys()].map((block) => picker.geometry.pieceOf(block))).toEqual([
      asked[4]?.piece,
      asked[5]?.piece,
    ])
  })

  test('are fetched once they are wanted, also of peers that have been here', () => {
    const { picker } = create({ pieces: 3, wanted: only(3, 0) })
    const peer = seedPeer(picker)
    fetch(picker, peer, 1)
    picker.select(only(3, 0, 2))
    auditPicker(picker)
    expect([picker.finished, peer.interesting]).toEqual([false, 1])
    fetch(picker, peer, 1)
    expect([picker.finished, picker.have.has(1)]).toEqual([true, false])
  })

  test('are kept where they are here, or are being verified', () => {
    const { picker } = create({ pieces: 2 })
    const peer = seedPeer(picker)
    const asked = pick(picker, peer, 2 * BLOCKS)
    for (const block of asked) deliver(picker, peer, block)
    picker.passed(0)
    picker.select(new Bitfield(2))
    auditPicker(picker)
    expect(picker.finished).toBe(true)
    picker.failed(1)
    auditPicker(picker)
    expect([...picker.states]).toEqual([HAVE, SKIPPED])
    picker.lost(0)
    auditPicker(picker)
    expect([[...picker.states], picker.finished, peer.interesting]).toEqual([[SKIPPED, SKIPPED], true, 0])
    picker.select(Bitfield.full(2))
    expect([picker.missing, peer.interesting, peer.startable]).toEqual([2, 2, 2])
    auditPicker(picker)
  })
})

test('a bitfield that comes again only adds pieces', () => {
  const { picker } = create({ pieces: 4 })
  const peer = peerWith(picker, 1)
  const asked = pick(picker, peer, 1)
  picker.setPieces(peer, new Bitfield(4, Uint8Array.of(0b0011_0000)))
  auditPicker(picker)
  expect(asked.map(({ piece }) => piece)).toEqual([1])
  expect([0, 1, 2, 3].map((piece) => peer.have.has(piece))).toEqual([false, true, true, true])
})

type Step = { kind: number; peer: number; piece: number; count: number }

/** What one random event does. Kinds are weighted: picking and arriving are most of a transfer. */
function apply(picker: PiecePicker, peers: (PickerPeer | undefined)[], step: Step, now: number): void {
  const peer = peers[step.peer]
  if (!peer) {
    const joined = picker.addPeer()
    peers[step.peer] = joined
    if (step.kind % 3 === 0) picker.setPieces(joined, Bitfield.full(picker.geometry.pieceCount))
    else
      picker.setPieces(joined, new Bitfield(picker.geometry.pieceCount, Uint8Array.of(step.count * 7, step.piece * 13)))
    joined.fast = step.count % 2 === 0
    joined.suspect = step.count % 7 === 0
    return
  }
  const asked = [...peer.requests.keys()]
  const chosen = asked[step.count % Math.max(1, asked.length)]
  if (step.kind < 6) picker.pick(peer, step.count, now, [])
  else if (step.kind < 12 && chosen !== undefined) {
    const piece = picker.geometry.pieceOf(chosen)
    if (picker.arrived(peer, chosen) !== 'piece') return
    auditPicker(picker)
    if (step.piece % 4 === 0) picker.failed(piece)
    else picker.passed(piece)
  } else if (step.kind === 12 && chosen !== undefined) picker.release(peer, chosen)
  else if (step.kind === 13) picker.releaseAll(peer, step.count % 2)
  else if (step.kind === 14) picker.addPiece(peer, step.piece)
  else if (step.kind === 15) picker.lost(step.piece)
  else if (step.kind === 17)
    picker.setPieces(peer, new Bitfield(picker.geometry.pieceCount, Uint8Array.of(step.count * 7, step.piece * 13)))
  else if (step.kind === 18)
    picker.select(new Bitfield(picker.geometry.pieceCount, Uint8Array.of(step.count * 11, step.piece * 29)))
  else if (step.kind === 16) {
    picker.removePeer(peer)
    peers[step.peer] = undefined
  }
}

const steps = fc.array(
  fc.record({
    kind: fc.nat({ max: 18 }),
    peer: fc.nat({ max: 4 }),
    piece: fc.nat({ max: 13 }),
    count: fc.nat({ max: 30 }),
  }),
  { maxLength: 300 },
)

test('every invariant holds after every event, and a patient seed can always finish', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 14 }), fc.nat(), (events, maxPieces, seed) => {
      const { picker } = create({ pieces: 14, maxPieces, seed })
      const peers: (PickerPeer | undefined)[] = []
      events.forEach((step, now) => {
        apply(picker, peers, step, now)
        auditPicker(picker)
      })
      for (const peer of peers) if (peer) picker.removePeer(peer)
      const chosen = picker.missing
      const seedOfAll = seedPeer(picker)
      fetch(picker, seedOfAll, chosen)
      expect(picker.finished).toBe(true)
      expect(pick(picker, seedOfAll, 5)).toEqual([])
      picker.select(Bitfield.full(14))
      auditPicker(picker)
      fetch(picker, seedOfAll, 14 - picker.have.count)
      expect(picker.have.complete).toBe(true)
      expect(pick(picker, seedOfAll, 5)).toEqual([])
    }),
    runs(300),
  )
})

test('a suspect alone can finish what others began', () => {
  const { picker } = create({ pieces: 5, maxPieces: 2 })
  const gone = seedPeer(picker)
  for (const block of pick(picker, gone, 8).filter((b) => b.begin === 0)) deliver(picker, gone, block)
  picker.removePeer(gone)
  const suspect = seedPeer(picker)
  suspect.suspect = true
  fetch(picker, suspect, 5)
  expect(picker.have.complete).toBe(true)
})

test('bytes missing count a short last piece', () => {
  const geometry = torrent(3, 7)
  const have = new Bitfield(3)
  expect(geometry.bytesMissing(have)).toBe(2 * BLOCKS * BLOCK_LENGTH + 7)
  have.set(2)
  expect(geometry.bytesMissing(have)).toBe(2 * BLOCKS * BLOCK_LENGTH)
  have.set(0)
  have.set(1)
  expect(geometry.bytesMissing(have)).toBe(0)
  expect(geometry.bytesMissing(new Bitfield(3), only(3, 2))).toBe(7)
  expect(geometry.bytesMissing(only(3, 1), only(3, 0, 1))).toBe(BLOCKS * BLOCK_LENGTH)
})

test('a short last piece has fewer and shorter blocks', () => {
  const geometry = torrent(2, BLOCK_LENGTH + 5)
  expect(geometry.blocksOf(1)).toBe(2)
  expect(geometry.address(1, 1)).toEqual({ piece: 1, begin: BLOCK_LENGTH, length: 5 })
  expect(geometry.numberAt({ piece: 1, begin: BLOCK_LENGTH, length: 5 })).toBe(BLOCKS + 1)
  for (const wrong of [
    { piece: 1, begin: BLOCK_LENGTH, length: 6 },
    { piece: 1, begin: 1, length: 5 },
    { piece: 2, begin: 0, length: 5 },
    { piece: 0, begin: 0, length: 100 },
    { piece: 1, begin: 2 * BLOCK_LENGTH, length: 5 },
  ]) {
    expect(geometry.numberAt(wrong)).toBe(-1)
  }
})

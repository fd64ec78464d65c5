import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { METADATA_FIRST_REST, METADATA_LONGEST_REST } from './asked-peer.ts'
import {
  MAX_METADATA_OUTSTANDING,
  MAX_METADATA_PEERS,
  METADATA_REQUEST_TIMEOUT,
  METADATA_TURN,
  METADATA_TURN_PER_PIECE,
  type MetadataAsk,
  MetadataAssembly,
} from './metadata-assembly.ts'
import {
  MAX_METADATA_SIZE,
  METADATA_PIECE_LENGTH,
  type MetadataData,
  metadataPieceCount,
  metadataPieceLength,
} from './metadata-message.ts'

const SIZE = 4 * METADATA_PIECE_LENGTH + 1_000
const info = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7) % 253)
const infoHash = createHash('sha1').update(info).digest()

const good = (piece: number): MetadataData => ({
  type: 'data',
  piece,
  totalSize: SIZE,
  bytes: info.subarray(piece * METADATA_PIECE_LENGTH, (piece + 1) * METADATA_PIECE_LENGTH),
})
const junk = (piece: number, totalSize = SIZE): MetadataData => ({
  type: 'data',
  piece,
  totalSize,
  bytes: new Uint8Array(metadataPieceLength(totalSize, piece)),
})
const assembly = (...peers: string[]) => {
  const made = new MetadataAssembly<string>(infoHash)
  for (const peer of peers) expect(made.addPeer(peer, SIZE)).toBe(true)
  return made
}
const of = (peer: string, asks: readonly MetadataAsk<string>[]) =>
  asks.filter((ask) => ask.peer === peer).map(({ piece }) => piece)

/** Asks and answers until nothing is asked any more; the outcomes other than `kept` and `ignored`. */
function play(made: MetadataAssembly<string>, answer: (ask: MetadataAsk<string>) => MetadataData, now = 0) {
  const outcomes = []
  for (let round = 0; round < 1_000; round++) {
    const asks = made.next(now)
    if (asks.length === 0) return outcomes
    for (const ask of asks) {
      const outcome = made.received(ask.peer, answer(ask))
      if (outcome.kind !== 'kept' && outcome.kind !== 'ignored') outcomes.push(outcome)
    }
  }
  throw new Error('asks without end')
}

describe('getting metadata', () => {
  test('from one peer: two pieces at a time, in order', () => {
    const made = assembly('a')
    expect(made.next(0)).toEqual([
      { peer: 'a', piece: 0 },
      { peer: 'a', piece: 1 },
    ])
    expect(made.next(0)).toEqual([])
    expect(made.received('a', good(1))).toEqual({ kind: 'kept' })
    expect(made.progress).toMatchObject({ have: 1, total: 5 })
    expect(made.next(0)).toEqual([{ peer: 'a', piece: 2 }])
    for (const piece of [0, 2]) made.received('a', good(piece))
    expect(of('a', made.next(0))).toEqual([3, 4])
    made.received('a', good(4))
    expect(made.received('a', good(3))).toEqual({ kind: 'complete', infoBytes: info })
    expect(made.isComplete).toBe(true)
    expect([made.next(0), made.received('a', good(0)), made.addPeer('b', SIZE)]).toEqual([
      [],
      { kind: 'ignored' },
      false,
    ])
  })

  test('the pieces are shared out, and the last ones asked of two', () => {
    const made = assembly('a', 'b', 'c', 'd', 'e', 'f')
    const asks = made.next(0)
    expect(asks.map(({ piece }) => piece)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    expect(new Set(asks.map(({ peer, piece }) => `${peer} ${piece}`)).size).toBe(10)
  })

  test('a piece is copied, as its bytes are valid during the call only', () => {
    const made = assembly('a')
    const small = good(0).bytes.slice()
    made.next(0)
    made.received('a', { ...good(0), bytes: small })
    small.fill(0)
    expect(play(made, ({ piece }) => good(piece))).toEqual([])
    expect(made.received('a', good(1))).toEqual({ kind: 'complete', infoBytes: info })
  })

  test('what was never asked for is ignored', () => {
    const made = assembly('a', 'b')
    expect(made.received('a', good(0))).toEqual({ kind: 'ignored' })
    expect(made.received('stranger', good(0))).toEqual({ kind: 'ignored' })
    made.next(0)
    expect(made.received('b', junk(0))).toEqual({ kind: 'ignored' })
    expect(made.received('a', good(4))).toEqual({ kind: 'ignored' })
    expect(made.progress.have).toBe(0)
  })

  test('impossible sizes and too many peers are refused', () => {
    const made = assembly()
    for (const size of [0, -1, 0.5, MAX_METADATA_SIZE + 1, 2 ** 32, Number.NaN]) {
      expect(made.addPeer('a', size)).toBe(false)
    }
    for (let i = 0; i < MAX_METADATA_PEERS; i++) expect(made.addPeer(`p${i}`, SIZE)).toBe(true)
    expect(made.addPeer('one more', SIZE)).toBe(false)
    made.removePeer('p0')
    expect(made.addPeer('one more', SIZE)).toBe(true)
  })
})

describe('peers that do not answer', () => {
  test('are asked again after a rest that doubles; their late answers count', () => {
    const made = assembly('a')
    made.next(0)
    expect(made.next(METADATA_REQUEST_TIMEOUT - 1)).toEqual([])
    let now = METADATA_REQUEST_TIMEOUT
    let rest = METADATA_FIRST_REST
    for (let round = 0; round < 6; round++) {
      expect(made.next(now)).toEqual([])
      expect(made.next(now + rest - 1)).toEqual([])
      expect(made.next(now + rest)).toHaveLength(MAX_METADATA_OUTSTANDING)
      now += rest + METADATA_REQUEST_TIMEOUT
      rest = Math.min(2 * rest, METADATA_LONGEST_REST)
    }
    made.next(now)
    expect(made.received('a', good(1))).toEqual({ kind: 'kept' })
    expect(made.received('a', good(0))).toEqual({ kind: 'kept' })
  })

  test('leave their pieces to others', () => {
    const made = assembly('silent', 'b')
    expect(of('silent', made.next(0))).toEqual([0, 1])
    for (const piece of [2, 3]) made.received('b', good(piece))
    expect(of('b', made.next(0))).toEqual([4, 0])
    made.received('b', good(4))
    made.received('b', good(0))
    expect(of('b', made.next(METADATA_REQUEST_TIMEOUT))).toEqual([1])
    expect(made.received('b', good(1)).kind).toBe('complete')
  })

  test('that reject rest, and their pieces go to others at once', () => {
    const made = assembly('a', 'b')
    made.next(0)
    made.rejected('a', 0, 0)
    made.rejected('a', 1, 0)
    made.rejected('a', 77, 0)
    made.rejected('stranger', 0, 0)
    made.received('b', good(2))
    made.received('b', good(3))
    expect(made.next(0)).toEqual([
      { peer: 'b', piece: 0 },
      { peer: 'b', piece: 1 },
    ])
    expect(of('a', made.next(METADATA_FIRST_REST))).toEqual([4, 0])
  })

  test('that left are forgotten, what they gave is not', () => {
    const made = assembly('a')
    made.next(0)
    made.received('a', good(0))
    made.removePeer('a')
    expect(made.next(0)).toEqual([])
    made.addPeer('b', SIZE)
    expect(of('b', made.next(0))).toEqual([1, 2])
  })
})

describe('hostile peers', () => {
  test('a sole giver of wrong bytes is to blame and never asked again', () => {
    const made = assembly('bad')
    expect(play(made, ({ piece }) => junk(piece))).toEqual([{ kind: 'mismatch', blamed: 'bad' }])
    expect(made.addPeer('bad', SIZE)).toBe(false)
    made.addPeer('b', SIZE)
    expect(play(made, ({ piece }) => good(piece))).toEqual([{ kind: 'complete', infoBytes: info }])
  })

  test('among several givers the culprit is found by asking one at a time', () => {
    const made = assembly('a', 'bad', 'c')
    const outcomes = play(made, ({ peer, piece }) => (peer === 'bad' ? junk(piece) : good(piece)))
    expect(outcomes[0]).toEqual({ kind: 'mismatch', blamed: undefined })
    expect(outcomes.at(-1)).toEqual({ kind: 'complete', infoBytes: info })
    expect(outcomes.slice(1, -1).every(({ kind }) => kind === 'mismatch')).toBe(true)
  })

  test('an honest peer among twenty that agree on a wrong whole gets through', () => {
    const bad = Array.from({ length: 20 }, (_, i) => `bad${i}`)
    const made = assembly(...bad, 'honest')
    const outcomes = play(made, ({ peer, piece }) => (peer === 'honest' ? good(piece) : junk(piece)))
    expect(outcomes.at(-1)).toEqual({ kind: 'complete', infoBytes: info })
    const blamed = outcomes.map((outcome) => (outcome.kind === 'mismatch' ? outcome.blamed : undefined))
    expect(blamed.filter((peer) => peer !== undefined).sort()).toEqual([...bad].sort())
  })

  test('who contradicts its own size is dropped, with what it gave', () => {
    const made = assembly('bad', 'b')
    made.next(0)
    made.received('bad', junk(0))
    expect(made.received('bad', junk(1, SIZE - 1))).toEqual({ kind: 'liar' })
    expect(made.progress.have).toBe(0)
    expect(made.received('bad', good(1))).toEqual({ kind: 'ignored' })
    for (const piece of [2, 3]) made.received('b', good(piece))
    expect(play(made, ({ piece }) => good(piece))).toEqual([{ kind: 'complete', infoBytes: info }])
  })

  test('who tells another size in a second handshake is dropped', () => {
    const made = assembly('a')
    expect(made.addPeer('a', SIZE)).toBe(true)
    expect(made.addPeer('a', SIZE + 1)).toBe(false)
    expect(made.addPeer('a', SIZE)).toBe(false)
    expect(made.next(0)).toEqual([])
  })

  test('each claimed size has its turn, the one with most peers first; liars are dropped', () => {
    const made = new MetadataAssembly<string>(infoHash)
    for (let i = 0; i < 30; i++) made.addPeer(`bad${i}`, 1_000 + (i % 3) * 100)
    made.addPeer('honest', SIZE)
    const outcomes = play(made, ({ peer, piece }) =>
      peer === 'honest' ? good(piece) : junk(piece, 1_000 + (Number(peer.slice(3)) % 3) * 100),
    )
    expect(outcomes.at(-1)).toEqual({ kind: 'complete', infoBytes: info })
    expect(outcomes).toHaveLength(4)
  })

  test('a size whose peers say nothing gives way to another at once', () => {
    const made = new MetadataAssembly<string>(infoHash)
    for (const peer of ['s1', 's2']) made.addPeer(peer, MAX_METADATA_SIZE)
    made.addPeer('honest', SIZE)
    expect(made.next(0)).toHaveLength(4)
    expect(of('honest', made.next(METADATA_REQUEST_TIMEOUT))).toEqual([0, 1])
  })

  test('a size that trickles in keeps the others waiting for one turn only', () => {
    const made = new MetadataAssembly<string>(infoHash)
    const large = MAX_METADATA_SIZE
    for (const peer of ['s1', 's2']) made.addPeer(peer, large)
    made.addPeer('honest', SIZE)
    const turn = METADATA_TURN + METADATA_TURN_PER_PIECE * metadataPieceCount(large)
    let now = 0
    let asks = made.next(now)
    while (of('honest', asks).length === 0) {
      expect(now).toBeLessThanOrEqual(turn + 9_000)
      now += 9_000
      for (const { peer, piece } of asks) made.received(peer, junk(piece, large))
      asks = made.next(now)
    }
    expect(now).toBeGreaterThanOrEqual(turn)
    expect(play(made, ({ piece }) => good(piece), now)).toEqual([])
    for (const piece of [0, 1]) made.received('honest', good(piece))
    expect(play(made, ({ piece }) => good(piece), now)).toEqual([{ kind: 'complete', infoBytes: info }])
  })
})

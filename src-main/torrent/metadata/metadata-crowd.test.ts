/** Whatever the other peers do, one honest peer is enough, in bounded time; and the limits hold at every step. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_METADATA_OUTSTANDING, MetadataAssembly } from './metadata-assembly.ts'
import { METADATA_PIECE_LENGTH, type MetadataData, metadataPieceLength } from './metadata-message.ts'

type Manner =
  | 'honest'
  | 'poisons'
  | 'silent'
  | 'rejects'
  | 'slow'
  | 'slowPoison'
  | 'otherSize'
  | 'contradicts'
  | 'leaves'

const SIZE = 2 * METADATA_PIECE_LENGTH + 10
const info = Uint8Array.from({ length: SIZE }, (_, i) => (i * 11) % 241)
const infoHash = createHash('sha1').update(info).digest()
const LIMIT = 2 * 60 * 60_000

class Swarm {
  readonly assembly = new MetadataAssembly<number>(infoHash)
  readonly manners: readonly Manner[]
  private readonly sizes: readonly number[]
  private answers: { at: number; peer: number; piece: number }[] = []
  private readonly open = new Map<number, number>()
  private blamedHonest = false

  constructor(manners: readonly Manner[]) {
    this.manners = manners
    this.sizes = manners.map((manner, peer) =>
      manner === 'otherSize' ? SIZE + METADATA_PIECE_LENGTH * peer + 1 : SIZE,
    )
    for (const [peer, size] of this.sizes.entries()) this.assembly.addPeer(peer, size)
  }

  /** Virtual time until the metadata is there. */
  run(delays: readonly number[]): number {
    let count = 0
    for (let now = 0; now <= LIMIT; now += 1_000) {
      const due = this.answers.filter(({ at }) => at <= now)
      this.answers = this.answers.filter(({ at }) => at > now)
      for (const { peer, piece } of due) if (this.answer(peer, piece, now)) return now
      for (const { peer, piece } of this.assembly.next(now)) {
        const delay = (delays[count++ % delays.length] as number) + this.delayOf(peer)
        this.answers.push({ at: now + delay, peer, piece })
        this.open.set(peer, (this.open.get(peer) ?? 0) + 1)
      }
      expect(this.blamedHonest).toBe(false)
    }
    return Number.POSITIVE_INFINITY
  }

  private delayOf(peer: number): number {
    const manner = this.manners[peer] as Manner
    if (manner === 'silent') return Number.POSITIVE_INFINITY
    return manner === 'slow' || manner === 'slowPoison' ? 8_000 : 0
  }

  /** Whether it was the last piece. */
  private answer(peer: number, piece: number, now: number): boolean {
    this.open.set(peer, (this.open.get(peer) as number) - 1)
    expect(this.open.get(peer)).toBeLessThan(MAX_METADATA_OUTSTANDING)
    const manner = this.manners[peer] as Manner
    if (manner === 'rejects') {
      this.assembly.rejected(peer, piece, now)
      return false
    }
    if (manner === 'leaves' && piece > 0) {
      this.assembly.removePeer(peer)
      return false
    }
    const outcome = this.assembly.received(peer, this.data(peer, piece))
    if (outcome.kind === 'complete') expect(outcome.infoBytes).toEqual(info)
    if (outcome.kind === 'mismatch' && outcome.blamed !== undefined) {
      const blamed = this.manners[outcome.blamed] as Manner
      if (!['poisons', 'slowPoison', 'otherSize'].includes(blamed)) this.blamedHonest = true
    }
    return outcome.kind === 'complete'
  }

  private data(peer: number, piece: number): MetadataData {
    const manner = this.manners[peer] as Manner
    const honest = manner === 'honest' || manner === 'slow' || manner === 'leaves'
    const totalSize = (this.sizes[peer] as number) + (manner === 'contradicts' ? 1 : 0)
    const length = metadataPieceLength(totalSize, piece)
    const start = piece * METADATA_PIECE_LENGTH
    return {
      type: 'data',
      piece,
      totalSize,
      bytes: honest ? info.subarray(start, start + length) : new Uint8Array(length),
    }
  }
}

test('one honest peer is enough, and no honest peer is blamed', () => {
  const manner = fc.constantFrom<Manner>(
    ...([
      'honest',
      'poisons',
      'silent',
      'rejects',
      'slow',
      'slowPoison',
      'otherSize',
      'contradicts',
      'leaves',
    ] as const),
  )
  const crowd = fc.tuple(fc.array(manner, { maxLength: 8 }), fc.nat(8)).map(([others, at]) => {
    const manners = [...others]
    manners.splice(at, 0, 'honest')
    return manners
  })
  const delays = fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(crowd, delays, (manners, waits) => {
      expect(new Swarm(manners).run(waits)).toBeLessThanOrEqual(LIMIT)
    }),
    { seed: 31, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 },
  )
})

/**
 * How far blocks were looked at, and what to look at next. Pure.
 *
 * A pass begins at the start (or where a person wished) and ends with the best chain; then the wallet follows it block by
 * block. Where addresses were found on the way that had not been looked for from the start on, another pass is made: money
 * may have come to them earlier. What an earlier pass found stays meanwhile, so `top` is not taken back by a new one.
 */
import type { BlockPosition } from '../chain/chain.ts'
import { MAX_KNOWN_BLOCKS } from '../chain/node/wallet-calls.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import type { KeptScan, ScanPass } from './store/scan-repository.ts'

/** Newest blocks that are all remembered; of those before them ever fewer are. */
const DENSE_BLOCKS = 24

export class ScanProgress {
  #top: BlockPosition | undefined
  /** Newest first; the last is where the pass began. */
  #known: readonly BlockPosition[]
  #pass: ScanPass
  #version = 0

  /** Of wallet.db; undefined for a wallet that has looked at nothing. `top`: where it is not told there. */
  constructor(kept: KeptScan | undefined, top: BlockPosition | undefined = undefined) {
    this.#top = kept?.top ?? top
    this.#known = kept?.known ?? []
    this.#pass = kept?.pass ?? 'first'
  }

  get top(): BlockPosition | undefined {
    return this.#top
  }

  get cursor(): BlockPosition | undefined {
    return this.#known[0]
  }

  /** For wallet.db. */
  get kept(): KeptScan {
    return { top: this.#top, known: this.#known, pass: this.#pass }
  }

  /** Grows with each change. */
  get version(): number {
    return this.#version
  }

  get known(): readonly BlockPosition[] {
    return this.#known
  }

  /** Nothing concerns the wallet up to here. */
  startAt(position: BlockPosition): void {
    this.#version++
    this.#known = [position]
  }

  /** Back to the newest known block at or below a height, or to the start. */
  restart(from = -1): void {
    this.#version++
    const start = this.#known.at(-1)
    const kept = this.#known.filter(({ height }) => height <= from)
    // Without a block below it the start stays; where it lies above what was asked for, all is looked at.
    this.#known = kept.length > 0 ? kept : start && (from < 0 || start.height <= from) ? [start] : []
    this.#pass = 'first'
  }

  /** Blocks above `fork` have left the chain. */
  back(fork: BlockPosition): void {
    this.#version++
    const below = this.#known.filter(({ height }) => height < fork.height)
    this.#known = [fork, ...below]
    this.#top = fork
  }

  /** Everything up to `scanned` was looked at; where `again` is a block before it, what follows that has to be looked at again. */
  advance(scanned: BlockPosition, again: BlockPosition | undefined): void {
    this.#version++
    if (this.#top === undefined || scanned.height > this.#top.height) this.#top = scanned
    const cursor = again ?? scanned
    const below = this.#known.filter(({ height }) => height < cursor.height)
    this.#known = thinned([cursor, ...below])
    if (again) this.grow()
  }

  /** Addresses are looked for that were not looked for from the start of the pass on. */
  grow(): void {
    this.#version++
    if (this.#pass === 'first') this.#pass = 'grown'
  }

  /** The best chain's end was reached. Whether another pass has to be made. */
  finish(end: BlockPosition): boolean {
    this.#version++
    this.#top = end
    if (this.#pass === 'grown') {
      this.restart()
      return true
    }
    this.#pass = 'following'
    return false
  }
}

export function isSamePosition(a: BlockPosition | undefined, b: BlockPosition): boolean {
  return a !== undefined && a.height === b.height && bytesEqual(a.hash, b.hash)
}

/**
 * Newest first: the newest all, and before them so many that no gap is wider than what lies above it. One goes only where its
 * neighbours keep it so without it, whatever heights they have; the last stays.
 */
function thinned(known: readonly BlockPosition[]): readonly BlockPosition[] {
  if (known.length <= DENSE_BLOCKS) return known
  const top = (known[0] as BlockPosition).height
  const kept = known.slice(0, DENSE_BLOCKS)
  for (let i = DENSE_BLOCKS; i < known.length - 1; i++) {
    const newer = (kept.at(-1) as BlockPosition).height
    const older = (known[i + 1] as BlockPosition).height
    if (newer - older > top - newer) kept.push(known[i] as BlockPosition)
  }
  return [...kept.slice(0, MAX_KNOWN_BLOCKS - 1), known.at(-1) as BlockPosition]
}

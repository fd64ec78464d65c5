/** What `BlockDownloads` keeps of blocks, paths and peers. */
import type { Millis } from '../../../kernel/clock.ts'
import type { BlockPosition } from '../../chain.ts'

/** A block on some path. */
export interface Entry<P> {
  readonly position: BlockPosition
  readonly key: string
  state: 'wanted' | 'asked' | 'checking' | 'done'
  askedOf: P | undefined
  bytes: number
  /** Refresh during or before which it was done. */
  doneIn: number
}

/** What is missing on the way to one head, lowest first. */
export interface Path<P> {
  readonly entries: readonly Entry<P>[]
  /** There is more beyond the last entry. */
  readonly isCut: boolean
  /** Entries before it are done. */
  first: number
}

/** What is asked of one peer. */
export interface Asked<P> {
  readonly requests: Map<string, Entry<P>>
  /** Since when its oldest request has been that. */
  since: Millis
  stallingSince: Millis | undefined
  readonly lacking: Set<string>
}

/**
 * The blocks that may concern some scripts, whole and in order: what a wallet on a light node reads instead of all blocks. A
 * block whose filter does not match surely holds nothing for the scripts; one that matches may hold nothing, one time in
 * 784,931 for each script.
 */
import type { BlockPosition } from '../chain.ts'
import type { LightCalls } from './light-calls.ts'

/** Blocks fetched ahead of the one that is being read. */
export const BLOCKS_AHEAD = 16

export type MatchingStep =
  | { readonly kind: 'block'; readonly position: BlockPosition; readonly bytes: Uint8Array }
  /** Everything up to this height was searched, and its blocks were given. */
  | { readonly kind: 'searched'; readonly height: number }

type Calls = Pick<LightCalls, 'matchFilters' | 'wantedBlock'>

/**
 * From `fromHeight` up to the newest filter; ends there, and may be called again from the next height when there are more.
 * A reorganisation in between is the caller's to notice: what was given then may have left the chain.
 * @throws LightNodeError where a block cannot be had; what was given before holds
 */
export async function* matchingBlocks(
  chain: Calls,
  scripts: readonly Uint8Array[],
  fromHeight: number,
): AsyncGenerator<MatchingStep> {
  for (let next = fromHeight; ; ) {
    const { matches, to } = await chain.matchFilters({ scripts, fromHeight: next })
    if (to < next) return
    yield* blocksOf(chain, matches)
    yield { kind: 'searched', height: to }
    next = to + 1
  }
}

async function* blocksOf(chain: Calls, positions: readonly BlockPosition[]): AsyncGenerator<MatchingStep> {
  const ahead: Promise<Uint8Array>[] = []
  for (const [i, position] of positions.entries()) {
    while (ahead.length < Math.min(positions.length, i + BLOCKS_AHEAD)) {
      const fetch = chain.wantedBlock((positions[ahead.length] as BlockPosition).hash)
      // Its failure is told when its turn comes, if it does.
      fetch.catch(() => {})
      ahead.push(fetch)
    }
    yield { kind: 'block', position, bytes: await (ahead[i] as Promise<Uint8Array>) }
    // The bytes are the reader's now.
    ahead[i] = Promise.resolve(new Uint8Array(0))
  }
}

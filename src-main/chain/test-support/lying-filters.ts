/** A node that says something false of the filter of one block, and stands by it in everything that it tells. */
import type { FilterRange } from '../chain.ts'
import { filterHashOf, filterHeadersFrom } from '../light/filter-header.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import type { WorldNode } from './network-world.ts'
import type { TestChain } from './test-chain.ts'

const CHECKPOINT_INTERVAL = 1_000

/** From now on `node`, whose chain is `chain`, gives `filter` for the block at `height`. */
export function lieAboutFilter(
  { chain: memory }: WorldNode,
  chain: TestChain,
  height: number,
  filter: Uint8Array,
): void {
  const honest = { filters: memory.filters, filterHashes: memory.filterHashes }
  const lied = chain.blockAt(height).hash
  const allHashes = async () => {
    const hashes: Uint8Array[] = []
    for (let from = 0; from <= chain.height; from += 2_000) {
      const stopHash = chain.blockAt(Math.min(chain.height, from + 1_999)).hash
      hashes.push(...((await honest.filterHashes({ startHeight: from, stopHash }))?.hashes ?? []))
    }
    hashes[height] = filterHashOf(filter)
    return hashes
  }
  memory.filters = async (range) =>
    (await honest.filters(range))?.map((one) =>
      Buffer.compare(one.blockHash, lied) === 0 ? { blockHash: lied, filter } : one,
    )
  memory.filterHashes = async (range: FilterRange) => {
    const found = await honest.filterHashes(range)
    const hashes = await allHashes()
    const headers = filterHeadersFrom(ZERO_HASH, hashes)
    return (
      found && {
        previous: headers[range.startHeight - 1] ?? ZERO_HASH,
        hashes: hashes.slice(range.startHeight, range.startHeight + found.hashes.length),
      }
    )
  }
  memory.filterCheckpoints = async () => {
    const headers = filterHeadersFrom(ZERO_HASH, await allHashes())
    return headers.filter((_, at) => at > 0 && at % CHECKPOINT_INTERVAL === 0)
  }
}

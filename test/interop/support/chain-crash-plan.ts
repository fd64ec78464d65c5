/** What a node that is to be killed does, by a seed: blocks of several branches in the order in which they arrive. */

import type { Block } from '../../../src-main/chain/primitives/block.ts'
import { type OpenedChainStore, openChainStore } from '../../../src-main/chain/store/open-chain-store.ts'
import { HASTY_NETWORK, RecordedChain, seededNumbers } from '../../../src-main/chain/test-support/recorded-chain.ts'
import { createDatabases } from '../../../src-main/host/database.ts'
import { createFileStore } from '../../../src-main/host/files.ts'
import type { Databases } from '../../../src-main/kernel/database.ts'

/** Every third plan prunes: then there are more blocks, most of them empty. */
const PRUNED_EVERY = 3
const BLOCKS = 90
const BLOCKS_OF_PRUNED = 360

export interface CrashPlan {
  readonly pruned: boolean
  /** In order of arrival; each extends one before it, or the first block of the network. */
  readonly blocks: readonly Block[]
  /** The chain that ends in each block, by `hex` of its hash; also that of the first block. */
  readonly chains: ReadonlyMap<string, RecordedChain>
  readonly best: RecordedChain
  /** After so many arrivals everything is worked out again from headers and blocks. */
  readonly rebuildAfter: number
}

export const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

export function crashPlan(seed: number): CrashPlan {
  const random = seededNumbers(seed)
  const pruned = seed % PRUNED_EVERY === 0
  const count = pruned ? BLOCKS_OF_PRUNED : BLOCKS
  let best = new RecordedChain()
  const chains = new Map([[hex(best.chain.tip.hash), best]])
  const blocks: Block[] = []
  const grow = (from: RecordedChain) => {
    const next = from.fork(from.height)
    const isBusy = !pruned || random(12) === 0
    blocks.push(isBusy ? next.mineAtRandom(random) : next.mine({ extraNonce: blocks.length }))
    chains.set(hex(next.chain.tip.hash), next)
    return next
  }
  while (blocks.length < count) {
    if (best.height === 0 || random(10) > 0) {
      best = grow(best)
      continue
    }
    // A branch that overtakes.
    const back = 1 + random(Math.min(best.height, 8))
    let branch = best.fork(best.height - back)
    for (let i = 0; i <= back; i++) branch = grow(branch)
    best = branch
  }
  return { pruned, blocks, chains, best, rebuildAfter: 10 + random(count - 10) }
}

export function openPlanned(
  path: string,
  { pruned }: CrashPlan,
  databases: Databases = createDatabases(),
): Promise<OpenedChainStore> {
  return openChainStore(
    { databases, files: createFileStore() },
    {
      path,
      network: HASTY_NETWORK,
      mode: pruned ? 'pruned' : 'archive',
      keep: { blocks: 288 },
      indexes: { transactions: true, filters: true },
    },
  )
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../../kernel/errors.ts'
import type { BlockPosition } from '../chain.ts'
import { hashKey } from '../coins/coin.ts'
import { LightNodeError } from '../light/light-error.ts'
import {
  MAX_ANSWER_BYTES,
  MAX_KNOWN_BLOCKS,
  MAX_SCANNED_BLOCKS,
  MAX_WALLET_OUTPOINTS,
  MAX_WALLET_SCRIPTS,
  type WalletScan,
} from '../node/wallet-calls.ts'
import { Block } from '../primitives/block.ts'
import { displayHash } from '../primitives/hashes.ts'
import type { BlockHeader } from '../primitives/header.ts'
import { Transaction } from '../primitives/transaction.ts'
import { OUR_SCRIPTS, type RandomWalletChain, randomChains, scriptNumber } from '../test-support/wallet-chains.ts'
import { WalletView } from '../test-support/wallet-view.ts'
import { BLOCKS_AHEAD, MAX_RESTARTS, SCAN_LIMIT, type ScannedChain, scanForWallet } from './scan-for-wallet.ts'
import { MAX_STEPS_OF_TURN, TURN_LIMIT } from './turn.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 600 : 40

/** A chain that a test moves under the scan, and that says what was asked of it. */
class Bed {
  now = 0
  best: RandomWalletChain
  searchable = Number.POSITIVE_INFINITY
  /** Blocks from this height on are here, the others are fetched. */
  keptFrom = 0
  fetching = 0
  mostFetching = 0
  pauses = 0
  read = 0
  onPause: () => void = () => {}
  readonly lost = new Set<number>()

  constructor(best: RandomWalletChain) {
    this.best = best
  }

  scan(scan: Partial<WalletScan> = {}) {
    const whole = { scripts: OUR_SCRIPTS, outpoints: [], known: [], limit: MAX_SCANNED_BLOCKS, ...scan }
    const pause = async () => {
      this.pauses++
      this.onPause()
    }
    return scanForWallet({ chain: this.#chain(), clock: { now: () => this.now }, pause }, whole)
  }

  #chain(): ScannedChain {
    const bed = this
    return {
      get height() {
        return bed.best.height
      },
      get searchable() {
        return Math.min(bed.best.height, bed.searchable)
      },
      at: (height) => bed.best.position(height),
      heightOf: (hash) => bed.best.heightOf(hash),
      filter: (hash) => bed.best.filter(hash),
      isHere: ({ height }) => height >= bed.keptFrom,
      block: (hash) => {
        bed.read++
        const block = bed.best.known(hash)
        return (bed.best.heightOf(hash) ?? 0) >= bed.keptFrom ? block : bed.#fetch(block)
      },
    }
  }

  async #fetch(block: Block): Promise<Block> {
    this.fetching++
    this.mostFetching = Math.max(this.mostFetching, this.fetching)
    await undefined
    this.fetching--
    this.onPause()
    if (this.lost.has(this.best.heightOf(block.hash) ?? -1))
      throw new LightNodeError({ code: 'BLOCK_NOT_TO_BE_HAD', hash: block.hash })
    return block
  }
}

describe('a scan of random chains', () => {
  test('finds what looking at every transaction of every block finds, also over reorganisations between calls', async () => {
    await fc.assert(
      fc.asyncProperty(randomChains, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (branches, limit, fetches) => {
        const bed = new Bed(branches[0] as RandomWalletChain)
        const view = new WalletView()
        for (const branch of branches) {
          bed.best = branch
          bed.keptFrom = fetches ? Math.floor(branch.height / 2) : 0
          for (let calls = 0; calls <= branch.height && branch.heightOf(view.tip.hash) !== branch.height; calls++)
            view.take(await bed.scan({ known: view.known, limit, outpoints: view.outpoints }))
          expect(view.history()).toEqual(branch.history())
        }
      }),
      { seed: 5, numRuns: RUNS },
    )
  })

  test('answers of one branch, whenever the chain changes under it', async () => {
    await fc.assert(
      fc.asyncProperty(randomChains, fc.array(fc.nat(60), { maxLength: 6 }), async (branches, moments) => {
        const bed = new Bed(branches[0] as RandomWalletChain)
        bed.keptFrom = Number.POSITIVE_INFINITY
        let [pauses, next] = [0, 1]
        bed.onPause = () => {
          if (moments.includes(pauses++)) bed.best = branches[next++ % branches.length] as RandomWalletChain
        }
        const { fork, blocks, scanned, height } = await bed.scan()
        const { best } = bed
        expect(best.heightOf(fork.hash)).toBe(fork.height)
        expect(best.heightOf(scanned.hash)).toBe(scanned.height)
        expect(height).toBe(best.height)
        const expected = best.history().filter(({ height: at }) => at > fork.height && at <= scanned.height)
        const found = blocks.flatMap(({ position, transactions }) =>
          transactions.map(({ place, bytes }) => ({ height: position.height, place, hex: hashKey(bytes) })),
        )
        expect(found.map(({ height: at, place }) => [at, place])).toEqual(
          expected.map(({ height: at, place }) => [at, place]),
        )
      }),
      { seed: 6, numRuns: RUNS },
    )
  })
})

const [[best], [other]] = fc.sample(randomChains, { seed: 11, numRuns: 2 }) as [
  [RandomWalletChain],
  [RandomWalletChain],
]

describe('a scan', () => {
  test('begins at genesis where nothing is known, at the newest known block of the best chain otherwise', async () => {
    const bed = new Bed(best)
    const foreign: BlockPosition = { hash: new Uint8Array(32), height: 3 }
    expect(await bed.scan({ limit: 1 })).toMatchObject({ fork: { height: 0 }, scanned: { height: 1 } })
    const known = [foreign, best.position(4), best.position(2)]
    expect(await bed.scan({ known, limit: 2 })).toMatchObject({
      fork: best.position(4),
      scanned: best.position(6),
      height: best.height,
    })
    const many = [...Array.from({ length: MAX_KNOWN_BLOCKS }, () => foreign), best.position(4)]
    expect(await bed.scan({ known: many, limit: 0 })).toMatchObject({ fork: { height: 0 }, scanned: { height: 0 } })
    expect(await bed.scan({ known: [best.position(best.height)] })).toMatchObject({ scanned: { height: best.height } })
  })

  test('goes no further than can be looked, and takes no known block beyond that for seen', async () => {
    const bed = new Bed(best)
    bed.searchable = 5
    expect(await bed.scan()).toMatchObject({ scanned: { height: 5 }, height: best.height })
    expect(await bed.scan({ known: [best.position(7), best.position(3)] })).toMatchObject({
      fork: { height: 3 },
      scanned: { height: 5 },
    })
  })

  test('reads no block whose filter says that it holds nothing', async () => {
    const bed = new Bed(best)
    // As many scripts as would make it cheaper to read small blocks than to ask filters.
    const scripts = Array.from({ length: 3 }, (_, i) => scriptNumber(900 + i))
    expect(await bed.scan({ scripts })).toMatchObject({ blocks: [], scanned: { height: best.height } })
    expect(bed.read).toBe(0)
  })

  test(`fetches at most ${BLOCKS_AHEAD} blocks at once`, async () => {
    const bed = new Bed(best)
    bed.keptFrom = Number.POSITIVE_INFINITY
    await bed.scan()
    expect(bed.mostFetching).toBeGreaterThan(1)
    expect(bed.mostFetching).toBeLessThanOrEqual(BLOCKS_AHEAD)
  })

  test('answers what it has where the next block is not to be had, and fails where that is nothing', async () => {
    const bed = new Bed(best)
    bed.keptFrom = Number.POSITIVE_INFINITY
    const [first, second] = [...new Set(best.history().map(({ height }) => height))]
    bed.lost.add(second as number)
    const result = await bed.scan()
    expect(result.scanned.height).toBe((second as number) - 1)
    expect(result.blocks.map(({ position }) => position.height)).toEqual([first])
    const failure = bed.scan({ known: [result.scanned] })
    expect(await failure.catch(codeOf)).toBe('BLOCK_NOT_TO_BE_HAD')
  })

  test(`begins anew at most ${MAX_RESTARTS} times, and says then that nothing was looked at`, async () => {
    const bed = new Bed(best)
    Object.defineProperty(bed, 'now', { get: () => bed.read * TURN_LIMIT })
    let moves = 0
    bed.onPause = () => {
      bed.best = ++moves % 2 === 1 ? other : best
    }
    const result = await bed.scan()
    expect(result.blocks).toEqual([])
    expect(result.scanned).toEqual(result.fork)
    expect(moves).toBe(MAX_RESTARTS)
  })

  test('gives others their turn, and answers after a while with what it has', async () => {
    const bed = new Bed(best)
    bed.onPause = () => {
      bed.now += SCAN_LIMIT
    }
    const slow = new Bed(best)
    Object.defineProperty(slow, 'now', { get: () => slow.read * TURN_LIMIT })
    await slow.scan({ limit: 5 })
    expect(slow.pauses).toBe(5)
    bed.keptFrom = Number.POSITIVE_INFINITY
    const result = await bed.scan()
    expect(result.scanned.height).toBeGreaterThan(0)
    expect(result.scanned.height).toBeLessThan(best.height)
  })

  test('refuses more scripts and outpoints than it may be asked for', async () => {
    const bed = new Bed(best)
    const scripts = Array.from({ length: MAX_WALLET_SCRIPTS + 1 }, () => scriptNumber(1))
    const outpoints = Array.from({ length: MAX_WALLET_OUTPOINTS + 1 }, () => new Uint8Array(36))
    expect(await bed.scan({ scripts }).catch(codeOf)).toBe('TOO_MANY_SCRIPTS')
    expect(await bed.scan({ outpoints }).catch(codeOf)).toBe('TOO_MANY_OUTPOINTS')
    expect(await bed.scan({ scripts: scripts.slice(1), outpoints: outpoints.slice(1), limit: 1 })).toMatchObject({
      scanned: { height: 1 },
    })
  })
})

describe('the bounds of one answer', () => {
  /** Blocks in a row, each with one large transaction that pays to us. */
  function largeBlocks(count: number, bytes: number) {
    const ours = { value: 1n, scriptPubKey: OUR_SCRIPTS[0] as Uint8Array }
    const padding = { value: 0n, scriptPubKey: new Uint8Array(bytes).fill(0x6a) }
    const blocks = Array.from({ length: count }, () => {
      const { header } = best.blocks[0] as Block
      return new Block(header, [new Transaction({ version: 2, inputs: [], outputs: [ours, padding], lockTime: 0 })])
    })
    const hashOf = (height: number) => Uint8Array.of(...new Uint8Array(28), height >> 8, height & 0xff, 1, 1)
    const chain = {
      ...{ height: count - 1, searchable: count - 1 },
      at: (height: number) => ({ hash: hashOf(height), height }),
      heightOf: (hash: Uint8Array) => ((hash[28] as number) << 8) | (hash[29] as number),
      filter: () => undefined,
      isHere: () => true,
      block: (hash: Uint8Array) => blocks[((hash[28] as number) << 8) | (hash[29] as number)] as Block,
    }
    return chain
  }

  test(`are ${MAX_ANSWER_BYTES} bytes of transactions`, async () => {
    const chain = largeBlocks(12, MAX_ANSWER_BYTES / 4)
    const parts = { chain, clock: { now: () => 0 }, pause: async () => {} }
    const scan = { scripts: OUR_SCRIPTS, outpoints: [], known: [], limit: 100 }
    const result = await scanForWallet(parts, scan)
    expect(result.scanned.height).toBe(4)
    const next = await scanForWallet(parts, { ...scan, known: [result.scanned] })
    expect(next.blocks.map(({ position }) => position.height)).toEqual([5, 6, 7, 8])
    // What crosses to another thread does not take the rest of a block with it.
    for (const { bytes } of next.blocks.flatMap(({ transactions }) => transactions))
      expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
  })

  test('are no bounds of a block: a large one is read in turns as well', async () => {
    const [large] = largeBlocks(1, 1).block(new Uint8Array(32)).transactions
    let pauses = 0
    const parts = {
      chain: {
        ...largeBlocks(2, 1),
        block: () => ({ header: best.blocks[0]?.header as BlockHeader, transactions: Array(1_000).fill(large) }),
      },
      clock: { now: () => 0 },
      pause: async () => void pauses++,
    }
    const result = await scanForWallet(parts, { scripts: OUR_SCRIPTS, outpoints: [], known: [], limit: 1 })
    expect(result.blocks[0]?.transactions).toHaveLength(1_000)
    expect(pauses).toBe(1_000 / MAX_STEPS_OF_TURN)
  })

  test(`are ${MAX_SCANNED_BLOCKS} blocks, with a turn for others at least every ${MAX_STEPS_OF_TURN}`, async () => {
    const chain = largeBlocks(MAX_SCANNED_BLOCKS + 10, 1)
    let pauses = 0
    const parts = {
      chain: { ...chain, filter: () => Uint8Array.of(0) },
      clock: { now: () => 0 },
      pause: async () => void pauses++,
    }
    const scan = { scripts: OUR_SCRIPTS.slice(0, 1), outpoints: [], known: [], limit: MAX_SCANNED_BLOCKS + 10 }
    const result = await scanForWallet(parts, scan)
    expect(result.scanned.height).toBe(MAX_SCANNED_BLOCKS)
    expect(displayHash(result.scanned.hash)).toBe(displayHash(chain.at(MAX_SCANNED_BLOCKS).hash))
    expect(pauses).toBeGreaterThanOrEqual(MAX_SCANNED_BLOCKS / MAX_STEPS_OF_TURN - 1)
  })
})

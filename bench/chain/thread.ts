/** Shoal's chain as the app runs it: a thread of its own with chain.db in a folder, asked from this one. */
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { NodeChain } from '../../src-main/chain/node/node-chain.ts'
import { HEADER_BYTES } from '../../src-main/chain/primitives/header.ts'
import { openRemoteChain } from '../../src-main/chain/thread/remote-chain.ts'
import { createLog, standardErrorSink } from '../../src-main/host/log.ts'
import { createThreads } from '../../src-main/host/threads.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'
import type { Log } from '../../src-main/kernel/log.ts'
import { readBlocks } from './block-file.ts'
import { scripts } from './worker-scripts.ts'

/** As the engine sets them. */
const COIN_CACHE_BYTES = 64 * 1024 * 1024
const MEMPOOL_BYTES = 300_000_000
const SIGNATURE_THREADS = 2
const KEEP_BLOCKS = 288
/** As many as a peer is asked for at once. */
const BLOCKS_AHEAD = 16
const HEADERS_OF_MESSAGE = 2_000

export const log: Log = createLog({ level: 'error', format: 'text', sink: standardErrorSink() })

export interface Work {
  readonly seconds: number
  /** Of all threads of the process. */
  readonly cpuSeconds: number
}

export function openChainThread(folder: string): Promise<NodeChain> {
  return openRemoteChain({
    link: createThreads(scripts).start('chain'),
    configuration: {
      ...{ network: 'local', path: join(folder, 'chain.db'), mode: 'archive', keepBlocks: KEEP_BLOCKS },
      ...{ coinCacheBytes: COIN_CACHE_BYTES, mempoolBytes: MEMPOOL_BYTES, signatureThreads: SIGNATURE_THREADS },
    },
    log,
    died: (reason) => {
      throw new Error(`the thread of the chain died: ${reason}`)
    },
  })
}

export async function measured(work: () => Promise<unknown>): Promise<Work> {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - from) / 1_000, cpuSeconds: (user + system) / 1e6 }
}

/** Headers, then blocks, several at once, as from a peer. @throws where one is refused */
async function offer(chain: NodeChain, blocks: readonly Uint8Array[]): Promise<void> {
  for (let at = 0; at < blocks.length; at += HEADERS_OF_MESSAGE) {
    const headers = blocks.slice(at, at + HEADERS_OF_MESSAGE).map((block) => block.subarray(0, HEADER_BYTES))
    await chain.acceptHeaders(concatBytes(headers), 'bench')
  }
  const open: Promise<void>[] = []
  for (const block of blocks) {
    open.push(offerOne(chain, block))
    if (open.length >= BLOCKS_AHEAD) await open.shift()
  }
  await Promise.all(open)
}

async function offerOne(chain: NodeChain, block: Uint8Array): Promise<void> {
  const outcome = await chain.acceptBlock(block, 'bench', true)
  if (outcome.status !== 'connected' && outcome.status !== 'stored') throw new Error(`a block is ${outcome.status}`)
}

/** Connects all blocks of the files; what is in the folder stays. */
export async function fill(options: { readonly folder: string; readonly files: readonly string[] }): Promise<Work> {
  const blocks = options.files.flatMap(readBlocks)
  const chain = await openChainThread(options.folder)
  const work = await measured(() => offer(chain, blocks))
  if (chain.state.tip.height < blocks.length) throw new Error('not all blocks were connected')
  await chain.close()
  return work
}

/**
 * A chain of `length` blocks above `fork` gives way to a longer branch: from the last block of that to the new tip. Everything
 * but that block was put on disk and the chain opened again.
 */
export async function reorganise(options: {
  readonly folder: string
  readonly main: string
  readonly branch: string
  readonly height: number
}): Promise<Work> {
  const branch = readBlocks(options.branch)
  const last = branch.pop() as Uint8Array
  const first = await openChainThread(options.folder)
  await offer(first, readBlocks(options.main).slice(0, options.height))
  await offer(first, branch)
  await first.close()
  const chain = await openChainThread(options.folder)
  if (chain.state.tip.height !== options.height) throw new Error('the first chain is not the tip')
  const work = await measured(() => offerOne(chain, last))
  if (chain.state.tip.height !== options.height + 1) throw new Error('the branch did not become the tip')
  await chain.close()
  return work
}

export interface ManyCoins {
  readonly coins: number
  readonly startSeconds: number
  /** Of each block, by the clock on the wall and by the processor's time of all threads. */
  readonly connectMs: readonly number[]
  readonly connectCpuMs: readonly number[]
  /** Of the thread that asks, in the meantime. */
  readonly delayMs: number
  /** The kernel's high-water mark, bytes. */
  readonly peakMemory: number
}

/** Opens a chain of many coins and connects blocks, one after the other. */
export async function manyCoins(options: { readonly folder: string; readonly blocks: string }): Promise<ManyCoins> {
  const from = performance.now()
  const chain = await openChainThread(options.folder)
  const startSeconds = (performance.now() - from) / 1_000
  const { coins = 0 } = await chain.upkeep()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const works: Work[] = []
  const { height } = chain.state.tip
  for (const block of readBlocks(options.blocks)) works.push(await measured(() => offerOne(chain, block)))
  if (chain.state.tip.height !== height + works.length) throw new Error('not all blocks were connected')
  delay.disable()
  const peakMemory = process.resourceUsage().maxRSS * 1_024
  await chain.close()
  return {
    ...{ coins, startSeconds, peakMemory, delayMs: delay.percentile(99) / 1e6 },
    connectMs: works.map(({ seconds }) => seconds * 1_000),
    connectCpuMs: works.map(({ cpuSeconds }) => cpuSeconds * 1_000),
  }
}

/** Shoal's chainstate by itself in this process: its store in memory, its signatures checked on threads of their own. */
import { readFileSync } from 'node:fs'
import { scriptFlagsAt } from '../../src-main/chain/consensus/script-flags-at.ts'
import { decodeBlock } from '../../src-main/chain/primitives/block.ts'
import { HEADER_BYTES } from '../../src-main/chain/primitives/header.ts'
import { SharedSighashes } from '../../src-main/chain/script/sighash-witness.ts'
import { SignatureCache } from '../../src-main/chain/script/signature-checks.ts'
import { verifyInput } from '../../src-main/chain/script/verify-input.ts'
import { Chainstate } from '../../src-main/chain/state/chainstate.ts'
import { MemoryChainStore } from '../../src-main/chain/store/memory-chain-store.ts'
import { createClock } from '../../src-main/host/clock.ts'
import { createSignatureBatches } from '../../src-main/host/signature-batches.ts'
import { createSignatureVerifier } from '../../src-main/host/signature-verifier.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'
import type { Clock } from '../../src-main/kernel/clock.ts'
import type { SignatureCheck } from '../../src-main/kernel/signature-verifier.ts'
import { readBlocks } from './block-file.ts'
import { network } from './chain-maker.ts'
import { scripts } from './worker-scripts.ts'

/** Blocks that are offered before the first of them is connected, as a peer sends them. */
const BLOCKS_AHEAD = 4
const HEADERS_OF_MESSAGE = 2_000
const CHECKS = 2_048
const FAR_FUTURE_MS = 4_000_000_000_000

export interface Validation {
  /** Of the clock on the wall. */
  readonly seconds: number
  /** Of the processor: of all threads of the process. */
  readonly cpuSeconds: number
  /** Of the processor: of the thread of the chain alone. */
  readonly chainCpuSeconds: number
  /** With coinbases. */
  readonly transactions: number
  readonly blocks: number
}

export interface VerifyRate {
  /** Signatures a second by one thread, by the clock on the wall and by the processor's time. */
  readonly perSecond: number
  readonly perCpuSecond: number
}

export interface FullBlocks {
  readonly rounds: readonly { readonly bare: VerifyRate; readonly ours: Validation }[]
}

/** Full blocks in so many parts; before each, how fast the bare function checks signatures as they hold them. */
export async function validateFull(options: {
  readonly before: string
  readonly blocks: string
  readonly rounds: number
  readonly threads: number
}): Promise<FullBlocks> {
  const blocks = readBlocks(options.blocks)
  const checks = checksOf(blocks)
  const { chainstate, close } = await openChain(options.threads)
  await offer(chainstate, readBlocks(options.before))
  const perRound = Math.ceil(blocks.length / options.rounds)
  const rounds: { bare: VerifyRate; ours: Validation }[] = []
  for (let at = 0; at < blocks.length; at += perRound) {
    const bare = bareRate(checks)
    rounds.push({ bare, ours: await offer(chainstate, blocks.slice(at, at + perRound)) })
  }
  await close()
  return { rounds }
}

export async function validateEmpty(options: { readonly blocks: string }): Promise<Validation> {
  const { chainstate, close } = await openChain(1)
  const result = await offer(chainstate, readBlocks(options.blocks))
  await close()
  return result
}

/** As they come in messages of `headers`. */
export async function validateHeaders(options: { readonly headers: string }): Promise<Validation> {
  const { chainstate, close } = await openChain(1)
  const headers = new Uint8Array(readFileSync(options.headers))
  const result = await measured(async () => {
    const step = HEADERS_OF_MESSAGE * HEADER_BYTES
    for (let at = 0; at < headers.length; at += step) {
      const { status } = chainstate.acceptHeaders(headers.subarray(at, at + step), 'bench')
      if (status !== 'accepted') throw new Error(`headers ${status}`)
    }
    return { blocks: headers.length / HEADER_BYTES, transactions: 0 }
  })
  await close()
  return result
}

async function openChain(threads: number) {
  const batches = createSignatureBatches({ workerPath: scripts.signatures, threads })
  const real = createClock()
  // Chains of tests may be longer than their network is old.
  const clock: Clock = {
    now: () => real.now(),
    wallTime: () => FAR_FUTURE_MS,
    after: (delay, run) => real.after(delay, run),
    every: (period, run) => real.every(period, run),
  }
  const signatures = { verifier: createSignatureVerifier(), batches, cache: new SignatureCache() }
  const chainstate = await Chainstate.open({ network, store: new MemoryChainStore(), clock, signatures })
  const close = async () => {
    await chainstate.close()
    await batches.close()
  }
  return { chainstate, close }
}

/** Decoding is part of it. @throws where one is not connected */
function offer(chainstate: Chainstate, blocks: readonly Uint8Array[]): Promise<Validation> {
  const before = chainstate.tip.height
  let transactions = 0
  const end = chainstate.watch({
    blockConnected: ({ block }) => {
      transactions += block.transactions.length
    },
  })
  for (let at = 0; at < blocks.length; at += HEADERS_OF_MESSAGE) {
    const headers = blocks.slice(at, at + HEADERS_OF_MESSAGE).map((block) => block.subarray(0, HEADER_BYTES))
    chainstate.acceptHeaders(concatBytes(headers), 'bench')
  }
  return measured(async () => {
    const open: Promise<unknown>[] = []
    for (const block of blocks) {
      open.push(chainstate.acceptBlock(block, 'bench', true))
      if (open.length >= BLOCKS_AHEAD) await open.shift()
    }
    await Promise.all(open)
    end()
    if (chainstate.tip.height !== before + blocks.length) throw new Error('not all blocks were connected')
    return { blocks: blocks.length, transactions }
  })
}

async function measured(work: () => Promise<{ blocks: number; transactions: number }>): Promise<Validation> {
  const [from, cpu, chainCpu] = [performance.now(), process.cpuUsage(), process.threadCpuUsage()]
  const done = await work()
  return {
    ...done,
    seconds: (performance.now() - from) / 1_000,
    cpuSeconds: secondsOf(process.cpuUsage(cpu)),
    chainCpuSeconds: secondsOf(process.threadCpuUsage(chainCpu)),
  }
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6
}

/** What the scripts of the blocks ask to be checked. */
function checksOf(blocks: readonly Uint8Array[]): readonly SignatureCheck[] {
  const checks: SignatureCheck[] = []
  const noted = {
    check(check: SignatureCheck) {
      checks.push(check)
      return true
    },
  }
  // Each passes on the coin that the one before it at the same place made: same key, same value.
  const [first, second] = blocks.map((bytes) => decodeBlock(bytes))
  for (const [i, transaction] of (second?.transactions ?? []).entries()) {
    const spent = first?.transactions[i]?.outputs[0]
    if (spent === undefined || i === 0) continue
    verifyInput({ shared: new SharedSighashes(transaction), index: 0, spent }, scriptFlagsAt(network, 1_000), noted)
    if (checks.length >= CHECKS) break
  }
  return checks
}

/** One pass over the checks by this thread. */
function bareRate(checks: readonly SignatureCheck[]): VerifyRate {
  const verifier = createSignatureVerifier()
  const [from, cpu] = [performance.now(), process.threadCpuUsage()]
  for (const check of checks) if (!verifier.verify(check)) throw new Error('a good signature is called bad')
  const [wall, used] = [(performance.now() - from) / 1_000, secondsOf(process.threadCpuUsage(cpu))]
  return { perSecond: checks.length / wall, perCpuSecond: checks.length / used }
}

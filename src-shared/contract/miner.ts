/** Mining. Off until a person starts it. Amounts are grains. */
import { z } from 'zod'
import { hashText } from './chain.ts'
import { nothing, service, value } from './service.ts'

const threads = z.int().min(1).max(256)
/** Per cent of each thread's time. */
const share = z.int().min(1).max(100)
const address = z.string().min(1).max(200)

/** Why mining rests although it is on. */
export const pauseReason = z.enum(['battery', 'user-active', 'chain-not-synced', 'no-address'])
export type PauseReason = z.infer<typeof pauseReason>

export const minerStatus = z.object({
  state: z.enum(['off', 'mining', 'paused']),
  pausedBecause: pauseReason.optional(),
  /** What hashes, such as `native (SHA-NI)`, `WebAssembly SIMD`, `JavaScript`. */
  kernel: z.string().max(64),
  threads,
  maxThreads: threads,
  share,
  /** Where rewards go. */
  address: z.string().max(100).optional(),
  /** Whose address that is, or would be if mining began now: one of the wallet where none was named. Undefined for nowhere. */
  paysTo: z.enum(['wallet', 'address']).optional(),
  hashesPerSecond: z.number(),
  /** Hashes that a block takes on average, at the next block's target. */
  difficulty: z.number(),
  /** Seconds to a block at this rate on average; undefined without a rate. On a paced network the pace. */
  expectedSeconds: z.number().optional(),
  /** Since this engine started: hashes tried, blocks that they should have found, and did. */
  attempts: z.number(),
  expectedBlocks: z.number(),
  blocksFound: z.int(),
  /** The difficulty that the best hash so far would have met. */
  bestShare: z.number(),
  /** Rewards of this machine's blocks, as the chain stands now. */
  matured: z.bigint(),
  immature: z.bigint(),
  immatureBlocks: z.int(),
  /** Of blocks that are not part of the best chain any more. */
  orphaned: z.bigint(),
  orphanedBlocks: z.int(),
  /** Milliseconds between blocks, on a network whose miner sets the pace; undefined elsewhere. */
  blockInterval: z.number().optional(),
  /** One sentence, or empty: a kernel that failed its check, a worker that died, a wallet whose words are not confirmed. */
  notice: z.string(),
})
export type MinerStatus = z.infer<typeof minerStatus>

/** One point of the chart. */
export const minerSample = z.object({
  /** Unix milliseconds. */
  time: z.number(),
  hashesPerSecond: z.number(),
  attempts: z.number(),
  expectedBlocks: z.number(),
  blocksFound: z.int(),
  difficulty: z.number(),
})
export type MinerSample = z.infer<typeof minerSample>
/** Ten minutes, a point each second. */
export const MAX_MINER_SAMPLES = 600

export const miner = service({
  name: 'miner',
  calls: {
    status: { args: nothing, result: minerStatus },
    /** Left out: as in the settings; without an address there to the wallet. `NO_ADDRESS`, `BAD_ADDRESS`, `CHAIN_OFF`. */
    start: {
      args: z.object({ threads: threads.optional(), share: share.optional(), address: address.optional() }),
      result: nothing,
    },
    stop: { args: nothing, result: nothing },
    /** Adjusts a running miner, and what the next start takes. */
    adjust: { args: z.object({ threads: threads.optional(), share: share.optional() }), result: nothing },
    /** Blocks at once, on the local network only (`NOT_LOCAL`). */
    generate: {
      args: z.object({ blocks: z.int().min(1).max(10_000), address: address.optional() }),
      result: z.object({ blocks: z.array(hashText).max(10_000) }),
    },
    /** The last ten minutes, oldest first. */
    samples: { args: nothing, result: z.array(minerSample).max(MAX_MINER_SAMPLES) },
  },
  feeds: { state: value(minerStatus) },
})

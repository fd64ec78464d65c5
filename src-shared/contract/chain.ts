/**
 * The chain: its state, and pages about blocks, transactions and addresses for the Explorer and the command line.
 * Amounts are grains (`bigint`); hashes and ids are 64 hex digits as people write them (last byte first).
 */
import { z } from 'zod'
import { nothing, rows, service, value } from './service.ts'

export const networkName = z.enum(['main', 'test', 'local'])
export type NetworkName = z.infer<typeof networkName>
export const chainMode = z.enum(['archive', 'pruned', 'light'])
export type ChainMode = z.infer<typeof chainMode>
export const hashText = z.string().regex(/^[0-9a-f]{64}$/)
const height = z.int().nonnegative()
const grains = z.bigint()
/** Text from outside: a coinbase's, an OP_RETURN's, a user agent's. Shown as text only. */
const foreignText = z.string().max(256)
const page = { offset: z.int().nonnegative().default(0), limit: z.int().min(1).max(100).default(25) }

/** How a light node knows what it knows, and how far it is. */
export const lightState = z.object({
  /** Highest block whose filter has been checked against the filter headers. */
  filters: height,
  /** Peers whose filter headers agree; with one the window says 'one source'. */
  sources: z.int(),
})

export const chainInfo = z.object({
  network: networkName,
  /** `starting` while chain.db is opened; `rebuilding` works out coins again; `no-space`: the disk is full; `failed` says why in `notice`. */
  state: z.enum(['off', 'starting', 'rebuilding', 'initial-sync', 'synced', 'no-space', 'failed']),
  mode: chainMode,
  height,
  tip: hashText,
  /** Unix seconds of the tip's header. */
  tipTime: z.number(),
  /** Height of the best header; ahead of `height` while blocks are missing. */
  headers: height,
  /** Of the tip: hashes a block takes on average. */
  difficulty: z.number(),
  /** All work of the chain, as hexadecimal digits. */
  work: z.string().max(64),
  peers: z.int(),
  /** `host:port` where peers of the chain can reach us, undefined while not listening. */
  listening: z.string().optional(),
  /** Lowest height of which the whole block is kept; undefined for none. */
  keptFrom: height.optional(),
  /** Bytes of chain.db. */
  diskBytes: z.number(),
  /** All coins made so far. */
  supply: grains.optional(),
  /** Unspent outputs. */
  coins: z.int().optional(),
  /** Which program checks signatures: `native`, or `javascript`, some fifty times slower. */
  signatures: z.enum(['native', 'javascript']),
  /** Of this catch-up or rebuild. */
  progress: z
    .object({
      done: z.int(),
      total: z.int(),
      /** Blocks a second. */
      rate: z.number(),
      /** Seconds left, where that can be told. */
      remaining: z.number().optional(),
    })
    .optional(),
  light: lightState.optional(),
  /** What a person should know: damage found and mended, a clock that disagrees with peers. One sentence, or empty. */
  notice: z.string(),
})
export type ChainInfo = z.infer<typeof chainInfo>

export const blockRow = z.object({
  /** The hash. */
  id: hashText,
  height,
  /** Unix seconds. */
  time: z.number(),
  /** Undefined where the block is not kept: only its header is known. */
  transactions: z.int().optional(),
  size: z.int().optional(),
  weight: z.int().optional(),
  fees: grains.optional(),
  /** What its miner got: subsidy and fees. */
  reward: grains.optional(),
  /** Where the reward went, if that is an address. */
  miner: z.string().max(100).optional(),
})
export type BlockRow = z.infer<typeof blockRow>

export const blockPage = blockRow.extend({
  /** In the best chain; otherwise a side branch. */
  inBestChain: z.boolean(),
  confirmations: z.int(),
  previous: hashText,
  next: hashText.optional(),
  version: z.int(),
  bits: z.string().max(8),
  nonce: z.number(),
  merkleRoot: hashText,
  medianTime: z.number(),
  difficulty: z.number(),
  work: z.string().max(64),
  strippedSize: z.int().optional(),
  coinbaseText: foreignText.optional(),
  /** `pruned`: this block's contents are not kept any more. `headers-only`: never were. */
  contents: z.enum(['kept', 'pruned', 'headers-only']),
})
export type BlockPage = z.infer<typeof blockPage>

/** One side of a transaction. */
export const transferEntry = z.object({
  /** Undefined for a script that is no address. */
  address: z.string().max(100).optional(),
  /** Undefined where the spent output is not known (pruned). */
  value: grains.optional(),
  /** What kind of script, such as `P2WPKH`, `OP_RETURN`, `coinbase`. */
  kind: z.string().max(32),
  /** Text of an OP_RETURN, from outside. */
  text: foreignText.optional(),
  /** Of an input: the output it spends. */
  outpoint: z.object({ txid: hashText, index: z.number() }).optional(),
  /** Of an output: the transaction that spends it, where known; `true` where only that it is spent is known. */
  spentBy: z.union([hashText, z.boolean()]).optional(),
})
export type TransferEntry = z.infer<typeof transferEntry>

export const transactionRow = z.object({
  /** The txid. */
  id: hashText,
  /** Undefined while in the mempool. */
  height: height.optional(),
  blockHash: hashText.optional(),
  /** Unix seconds: of its block, or when it came. */
  time: z.number(),
  virtualSize: z.int(),
  /** Undefined for a coinbase and where spent outputs are not known. */
  fee: grains.optional(),
  /** Sum of the outputs. */
  value: grains,
  isCoinbase: z.boolean(),
  inputs: z.int(),
  outputs: z.int(),
})
export type TransactionRow = z.infer<typeof transactionRow>

export const MAX_PAGE_ENTRIES = 500
export const transactionPage = transactionRow.extend({
  wtxid: hashText,
  version: z.int(),
  lockTime: z.number(),
  size: z.int(),
  weight: z.int(),
  confirmations: z.int(),
  /** At most 500 of each; `inputs` and `outputs` are the true counts. */
  from: z.array(transferEntry).max(MAX_PAGE_ENTRIES),
  to: z.array(transferEntry).max(MAX_PAGE_ENTRIES),
  /** Another transaction may take its place while it is unconfirmed (BIP 125). */
  replaceable: z.boolean(),
  /** The serialisation with witnesses, hexadecimal; undefined over 100,000 bytes. */
  hex: z.string().max(200_000).optional(),
})
export type TransactionPage = z.infer<typeof transactionPage>

export const addressPage = z.object({
  address: z.string().max(100),
  kind: z.string().max(32),
  /** `complete`: every block was looked at. `partial`: only what is kept, from `knownFrom` on. `none`: this mode has no index of addresses. */
  coverage: z.enum(['complete', 'partial', 'none']),
  knownFrom: height.optional(),
  balance: grains.optional(),
  received: grains.optional(),
  /** Of the mempool, in and out. */
  unconfirmed: grains,
  transactions: z.int(),
  /** Newest first, those of the mempool before all. `delta`: what the address gained or lost by it. */
  history: z.array(transactionRow.extend({ delta: grains })).max(100),
})
export type AddressPage = z.infer<typeof addressPage>

export const mempoolInfo = z.object({
  transactions: z.int(),
  virtualBytes: z.int(),
  /** Bytes of memory, and the most it may use. */
  memory: z.number(),
  memoryLimit: z.number(),
  fees: grains,
  /** Grains per virtual byte under which nothing is taken now. */
  minimumFeeRate: z.number(),
  /** Virtual bytes by fee rate: each band from `from` grains per virtual byte up to the next. */
  bands: z.array(z.object({ from: z.number(), virtualBytes: z.number(), transactions: z.int() })).max(50),
})
export type MempoolInfo = z.infer<typeof mempoolInfo>

export const headerRow = z.object({
  id: hashText,
  height,
  time: z.number(),
  bits: z.string().max(8),
  hex: z.string().length(160),
})

/** What a change of mode costs, in words and numbers. */
export const modeCost = z.object({
  /** One plain statement. */
  statement: z.string().max(500),
  /** Bytes of disk that become free. */
  frees: z.number(),
  /** Blocks that must be downloaded (again). */
  downloadBlocks: z.int(),
})
export type ModeCost = z.infer<typeof modeCost>

const blockId = z.object({ hash: hashText })

export const chain = service({
  name: 'chain',
  calls: {
    info: { args: nothing, result: chainInfo },
    /** By height or hash. `NO_SUCH_BLOCK`. */
    block: { args: z.object({ id: z.union([hashText, height]) }), result: blockPage },
    /** Newest first, from `from` (default the tip) down. */
    blocks: {
      args: z.object({ from: height.optional(), limit: z.int().min(1).max(100).default(25) }),
      result: z.array(blockRow).max(100),
    },
    blockTransactions: { args: blockId.extend(page), result: z.array(transactionRow).max(100) },
    /** In the mempool, or in a block where there is an index. `NO_SUCH_TRANSACTION`, `NOT_KEPT`. */
    transaction: { args: z.object({ txid: hashText }), result: transactionPage },
    /** `BAD_ADDRESS` with what is wrong with it. */
    address: { args: z.object({ address: z.string().min(1).max(200), ...page }), result: addressPage },
    headers: {
      args: z.object({ from: height, limit: z.int().min(1).max(2_000).default(20) }),
      result: z.array(headerRow).max(2_000),
    },
    mempool: {
      args: z.object(page),
      result: mempoolInfo.extend({ newest: z.array(transactionRow).max(100) }),
    },
    /** What a text names. `NOTHING_FOUND`, in a sentence that says what was looked for. */
    search: {
      args: z.object({ text: z.string().min(1).max(200) }),
      result: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('block'), id: hashText }),
        z.object({ kind: z.literal('transaction'), id: hashText }),
        z.object({ kind: z.literal('address'), id: z.string() }),
      ]),
    },
    /** Checks and relays a transaction (with witnesses). `TRANSACTION_REFUSED` with the rule's name. */
    submit: { args: z.object({ transaction: z.instanceof(Uint8Array) }), result: z.object({ txid: hashText }) },
    /** Connects to a peer of the chain and keeps to it. */
    connect: { args: z.object({ endpoint: z.string().min(3).max(300) }), result: nothing },
    /** Works out coins, undo data and indexes again from the blocks. Progress is in `info`. */
    rebuild: { args: nothing, result: nothing },
    modeCost: { args: z.object({ mode: chainMode }), result: modeCost },
    /** Changes what is kept, now and after a restart. */
    setMode: { args: z.object({ mode: chainMode }), result: nothing },
  },
  feeds: {
    state: value(chainInfo),
    /** The newest 20 blocks. */
    recentBlocks: rows(blockRow),
    mempoolState: value(mempoolInfo),
  },
})

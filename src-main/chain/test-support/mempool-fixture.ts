/** A mempool on a chain of tests: coins to spend, and blocks that the mempool is told of as its owner would. */
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import type { SignatureCheck } from '../../kernel/signature-verifier.ts'
import type { TransactionOutcome, TransactionRemoval } from '../chain.ts'
import { Mempool } from '../mempool/mempool.ts'
import type { MempoolChain } from '../mempool/mempool-chain.ts'
import type { RefusedOrphan } from '../mempool/transaction-intake.ts'
import type { Block } from '../primitives/block.ts'
import { displayHash, hash160 } from '../primitives/hashes.ts'
import { Transaction, type TransactionOutput } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { pushOf } from '../script/script-reader.ts'
import { SignatureCache } from '../script/signature-checks.ts'
import type { InputVerifiers } from '../script/verify-inputs.ts'
import type { BlockParts } from './block-builder.ts'
import { TestChain } from './test-chain.ts'
import { type OwnedCoin, type SpendOptions, spendCoins, withFields } from './test-keys.ts'

const FREE_REDEEM_SCRIPT = Uint8Array.of(Opcode.OP_1)
/** Standard, and anyone can spend it: pay to the hash of the script `1`. */
export const FREE_SCRIPT: Uint8Array = concatBytes([
  Uint8Array.of(Opcode.OP_HASH160),
  pushOf(hash160(FREE_REDEEM_SCRIPT)),
  Uint8Array.of(Opcode.OP_EQUAL),
])
const FREE_SCRIPT_SIG = pushOf(FREE_REDEEM_SCRIPT)
/** Rewards of the first blocks that the next block may spend. */
export const FIXTURE_COINS = 30
/** More than any test has orphans that become ready at once. */
const SETTLING_ROUNDS = 200
const BLOCKS = 99 + FIXTURE_COINS

/** An output that anyone can spend. */
export function free(value: number | bigint): TransactionOutput {
  return { value: BigInt(value), scriptPubKey: FREE_SCRIPT }
}

/** Spends coins, of which those without a key are `FREE_SCRIPT`'s. */
export function spend(
  coins: readonly OwnedCoin[],
  outputs: readonly TransactionOutput[],
  options?: SpendOptions,
): Transaction {
  const signed = spendCoins(coins, outputs, options)
  const inputs = signed.inputs.map((input, i) => (coins[i]?.key ? input : { ...input, scriptSig: FREE_SCRIPT_SIG }))
  return withFields(signed, { inputs })
}

/** Spends coins into one output, paying `fee` grains. */
export function pay(coins: readonly OwnedCoin[], fee: number, options?: SpendOptions): Transaction {
  return spend(coins, [free(totalOf(coins) - BigInt(fee))], options)
}

/** Spends coins into `count` equal outputs, paying `fee` grains and what is left over. */
export function split(coins: readonly OwnedCoin[], count: number, fee: number): Transaction {
  const each = (totalOf(coins) - BigInt(fee)) / BigInt(count)
  return spend(
    coins,
    Array.from({ length: count }, () => free(each)),
  )
}

export function totalOf(coins: readonly OwnedCoin[]): bigint {
  return coins.reduce((sum, { output }) => sum + output.value, 0n)
}

/** Checks signatures at once, and notes which it was asked for. */
export function countingVerifiers(): InputVerifiers & {
  readonly asked: SignatureCheck[]
  readonly cache: SignatureCache
} {
  const asked: SignatureCheck[] = []
  const curve = createSignatureVerifier()
  const verifier = {
    kind: curve.kind,
    verify: (check: SignatureCheck) => {
      asked.push(check)
      return curve.verify(check)
    },
  }
  const batches = {
    verifyAll: async (checks: readonly SignatureCheck[]) => checks.map((check) => verifier.verify(check)),
  }
  return { asked, verifier, batches, cache: new SignatureCache() }
}

let base: TestChain | undefined

function baseChain(): TestChain {
  if (base === undefined) {
    base = new TestChain()
    base.mineMany(BLOCKS, { payTo: FREE_SCRIPT })
  }
  return base.fork()
}

export class MempoolFixture {
  readonly chain: TestChain
  readonly mempool: Mempool
  readonly verifiers: ReturnType<typeof countingVerifiers>
  readonly removed: { readonly txid: string; readonly reason: TransactionRemoval }[] = []
  readonly added: string[] = []
  readonly refusedOrphans: RefusedOrphan[] = []
  /** Seconds since 1970. */
  now = 1_800_000_000

  constructor(options: { readonly memoryLimit?: number; readonly chain?: TestChain } = {}) {
    this.chain = options.chain ?? baseChain()
    this.verifiers = countingVerifiers()
    const { memoryLimit } = options
    this.mempool = new Mempool({
      chain: mempoolChainOf(this.chain),
      verifiers: this.verifiers,
      ...(memoryLimit !== undefined && { memoryLimit }),
    })
    this.mempool.watch({
      transactionAdded: ({ txid }) => this.added.push(displayHash(txid)),
      transactionRemoved: ({ txid, reason }) => this.removed.push({ txid: displayHash(txid), reason }),
      orphanRefused: (refused) => this.refusedOrphans.push(refused),
    })
  }

  /** The reward of the block at 1 to `FIXTURE_COINS`, which may be spent. */
  coin(number: number): OwnedCoin {
    return this.chain.reward(number)
  }

  accept(transaction: Transaction, from?: string): Promise<TransactionOutcome> {
    return this.mempool.accept(transaction, from, this.now)
  }

  /** `accepted`, or the reason and kind of the refusal, or another status. */
  async verdict(transaction: Transaction, from?: string): Promise<string> {
    const outcome = await this.accept(transaction, from)
    return outcome.status === 'refused' ? `${outcome.kind}: ${outcome.reason}` : outcome.status
  }

  /** @throws Error where one is not taken */
  async acceptAll(transactions: readonly Transaction[]): Promise<void> {
    for (const transaction of transactions) {
      const verdict = await this.verdict(transaction)
      if (verdict !== 'accepted') throw new Error(`a transaction that was to be taken is not: ${verdict}`)
    }
  }

  /** A block of these transactions, connected. */
  mine(transactions: readonly Transaction[] = [], parts: Partial<BlockParts> = {}): Block {
    const block = this.chain.mine({ payTo: FREE_SCRIPT, transactions, ...parts })
    this.mempool.blockConnected(block, this.now)
    this.mempool.chainChanged(this.now)
    return block
  }

  /** Takes `depth` blocks away and puts others in their place. */
  reorganise(depth: number, blocks: readonly (readonly Transaction[])[]): void {
    for (let i = 0; i < depth; i++) this.mempool.blockDisconnected(this.chain.undo())
    for (const [i, transactions] of blocks.entries()) {
      const block = this.chain.mine({ payTo: FREE_SCRIPT, transactions, extraNonce: 7_000 + i })
      this.mempool.blockConnected(block, this.now)
    }
    this.mempool.chainChanged(this.now)
  }

  has(transaction: Transaction): boolean {
    return this.mempool.find(transaction.txid) !== undefined
  }

  /** Waits until orphans that became ready were looked at. */
  async settled(rounds: number = SETTLING_ROUNDS): Promise<void> {
    // Refused at once, but only in its turn: one orphan is looked at between two of them.
    const nothing = new Transaction({ version: 1, inputs: [], outputs: [], lockTime: 0 })
    for (let i = 0; i < rounds; i++) await this.accept(nothing)
  }
}

/** A chain of tests as the mempool sees it. */
export function mempoolChainOf(chain: TestChain): MempoolChain {
  return {
    network: chain.network,
    get tipHeight() {
      return chain.height
    },
    get medianTimePast() {
      return chain.medianTimePastAt(chain.height)
    },
    medianTimePastAt: (height) => chain.medianTimePastAt(height),
    coin: (outpoint) => chain.coin(outpoint),
  }
}

/**
 * A wallet of tests on a chain and a mempool of tests: what it has is read from both anew each time, so that there is no
 * state of its own that could be wrong.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import type { MempoolEntry } from '../../chain/mempool/mempool-entry.ts'
import { type Outpoint, Transaction, type TransactionOutput } from '../../chain/primitives/transaction.ts'
import { free, MempoolFixture, spend, totalOf } from '../../chain/test-support/mempool-fixture.ts'
import type { OwnedCoin } from '../../chain/test-support/test-keys.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { toHex } from '../../kernel/bytes.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { signingRequestOf, withWitnesses } from '../spending/signing.ts'
import type {
  FeeDecision,
  OwnInput,
  PendingTransaction,
  SpendingPlan,
  SpendingView,
} from '../spending/spending-types.ts'
import type { KeyPath, WalletCoin } from '../wallet-types.ts'
import { TestAccount } from './test-account.ts'

const verifier = createSignatureVerifier()

/** A rate chosen by hand, in grains per 1,000 virtual bytes. */
export function chosen(rate: number): FeeDecision {
  return { rate, basis: 'chosen' }
}

export class SpendingBed {
  readonly fixture = new MempoolFixture()
  readonly account = new TestAccount()
  readonly random: SeededRandom
  readonly frozen = new Set<string>()
  /** Scripts in hex that were paid to before. */
  readonly used = new Set<string>()
  #nextCoin = 1
  #nextReceive = 0
  #nextChange = 0

  constructor(seed = 1) {
    this.random = SeededRandom.of(seed)
  }

  /** A script of ours that nothing was paid to. */
  receiveScript(): Uint8Array {
    return this.account.scriptAt({ chain: 0, index: this.#nextReceive++ })
  }

  /** Confirmed coins of these values, one block deep. */
  fund(values: readonly (number | bigint)[]): void {
    if (values.length === 0) return
    this.fixture.mine([this.#gift(values)])
  }

  /** Coins of these values that somebody else has sent and no block has. */
  async receive(values: readonly (number | bigint)[], fee = 10_000): Promise<Transaction> {
    const gift = this.#gift(values, fee)
    await this.fixture.acceptAll([gift])
    return gift
  }

  /** Somebody else's coin, to be spent. */
  foreignCoin(): OwnedCoin {
    return this.fixture.coin(this.#nextCoin++)
  }

  view(): SpendingView {
    const change: KeyPath = { chain: 1, index: this.#nextChange }
    return {
      addresses: this.fixture.chain.network.addresses,
      tipHeight: this.fixture.chain.height,
      coins: this.#coins(),
      pending: this.#pending(),
      change: { path: change, script: this.account.scriptAt(change) },
      pathOf: (script) => this.account.pathOf(script),
      isUsed: (script) => this.used.has(toHex(script)),
    }
  }

  sign(plan: SpendingPlan): Transaction {
    return withWitnesses(plan, this.account.sign(signingRequestOf(plan)), verifier)
  }

  /** Signs and relays; what the mempool says. */
  async send(plan: SpendingPlan): Promise<string> {
    const verdict = await this.fixture.verdict(this.sign(plan))
    if (verdict === 'accepted' && plan.change) this.#nextChange++
    return verdict
  }

  #gift(values: readonly (number | bigint)[], fee = 10_000): Transaction {
    const outputs: TransactionOutput[] = values.map((value) => ({
      value: BigInt(value),
      scriptPubKey: this.receiveScript(),
    }))
    const needed = outputs.reduce((sum, { value }) => sum + value, BigInt(fee))
    const coins: OwnedCoin[] = []
    while (totalOf(coins) < needed) coins.push(this.foreignCoin())
    const rest = totalOf(coins) - needed
    return spend(coins, rest > 1_000n ? [...outputs, free(rest)] : outputs)
  }

  #coins(): WalletCoin[] {
    const { chain, mempool } = this.fixture
    const coins: WalletCoin[] = []
    for (const [key, { value, scriptPubKey, height, isCoinbase }] of chain.coins) {
      const outpoint = outpointOf(key)
      const path = this.account.pathOf(scriptPubKey)
      if (path === undefined || mempool.spender(outpoint)) continue
      const confirmations = chain.height - height + 1
      const isMature = !isCoinbase || confirmations >= chain.network.coinbaseMaturity
      coins.push({
        outpoint,
        value,
        script: scriptPubKey,
        path,
        confirmations,
        isReward: isCoinbase,
        status: isMature ? 'available' : 'immature',
        frozen: this.frozen.has(key),
      })
    }
    for (const entry of mempool.entries()) coins.push(...this.#unconfirmedCoins(entry))
    return coins
  }

  #unconfirmedCoins({ transaction }: MempoolEntry): WalletCoin[] {
    const status = this.#inputsOf(transaction).every((input) => input) ? 'change' : 'pending'
    const coins: WalletCoin[] = []
    for (const [index, { value, scriptPubKey }] of transaction.outputs.entries()) {
      const outpoint = { txid: transaction.txid, index }
      const path = this.account.pathOf(scriptPubKey)
      if (path === undefined || this.fixture.mempool.spender(outpoint)) continue
      const frozen = this.frozen.has(outpointKey(outpoint))
      coins.push({ outpoint, value, script: scriptPubKey, path, confirmations: 0, isReward: false, status, frozen })
    }
    return coins
  }

  #pending(): PendingTransaction[] {
    const pending: PendingTransaction[] = []
    for (const { transaction, fee } of this.fixture.mempool.entries()) {
      const inputs = this.#inputsOf(transaction)
      const outputs = new Map<number, KeyPath>()
      for (const [place, { scriptPubKey }] of transaction.outputs.entries()) {
        const path = this.account.pathOf(scriptPubKey)
        if (path) outputs.set(place, path)
      }
      if (outputs.size === 0 && inputs.every((input) => input === undefined)) continue
      const isOurs = inputs.every((input) => input !== undefined)
      pending.push({ transaction, inputs, outputs, fee: isOurs ? BigInt(fee) : undefined })
    }
    return pending
  }

  #inputsOf({ inputs }: Transaction): (OwnInput | undefined)[] {
    return inputs.map(({ previous }) => {
      const output = this.fixture.mempool.output(previous) ?? this.fixture.chain.coin(previous)
      const path = output && this.account.pathOf(output.scriptPubKey)
      return output && path && { value: output.value, script: output.scriptPubKey, path }
    })
  }
}

/** The other way round than `outpointKey`. */
function outpointOf(key: string): Outpoint {
  const bytes = Buffer.from(key, 'latin1')
  return { txid: new Uint8Array(bytes.subarray(0, 32)), index: bytes.readUInt32LE(32) }
}

/** The same transaction with these witnesses, unchecked. */
export function signedUnchecked(
  { transaction }: SpendingPlan,
  witnesses: readonly (readonly Uint8Array[])[],
): Transaction {
  const { version, inputs, outputs, lockTime } = transaction
  const signed = inputs.map((input, place) => ({ ...input, witness: witnesses[place] ?? [] }))
  return new Transaction({ version, inputs: signed, outputs, lockTime })
}

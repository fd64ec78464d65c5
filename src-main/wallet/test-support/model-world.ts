/**
 * A person with a wallet in a world that does what worlds do: others pay, blocks are found and undone, the program is killed,
 * the words are entered somewhere else, the password is changed. Each step is a real one: a real wallet.db on a disk and a
 * real vault (model-profile.ts), a chain and a mempool that check everything.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import { isBlockFault } from '../../chain/consensus/connect-block.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { decodeTransaction } from '../../chain/primitives/transaction-decoding.ts'
import { FREE_SCRIPT, MempoolFixture, spend } from '../../chain/test-support/mempool-fixture.ts'
import type { OwnedCoin } from '../../chain/test-support/test-keys.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { openPublicAccount } from '../keys/public-account.ts'
import { planBump } from '../spending/plan-bump.ts'
import { planPayment } from '../spending/plan-payment.ts'
import { signingRequestOf, withWitnesses } from '../spending/signing.ts'
import { SpendingError } from '../spending/spending-error.ts'
import type { SpendingPlan } from '../spending/spending-types.ts'
import { Wallet } from '../wallet.ts'
import type { PublicAccount } from '../wallet-types.ts'
import { followByHand } from './brute-force-chain.ts'
import { ModelProfile } from './model-profile.ts'
import { memoryStore } from './wallet-bed.ts'

/** More than any run hands out on a chain. */
const LOOKED_AT = 60
const verifier = createSignatureVerifier()

export class ModelWorld {
  readonly random: SeededRandom
  readonly fixture = new MempoolFixture()
  /** Everything that the wallet made, and what its words made elsewhere and a block has shown; by txid. */
  readonly made = new Map<string, Transaction>()
  readonly abandoned = new Set<string>()
  readonly #profile: ModelProfile
  #ours = new Set<string>()
  #derived = 0
  #nonce = 0

  private constructor(random: SeededRandom, profile: ModelProfile) {
    this.random = random
    this.#profile = profile
  }

  static async begin(seed: number, folder: string): Promise<ModelWorld> {
    const random = SeededRandom.of(seed)
    return new ModelWorld(random, await ModelProfile.begin(random, folder))
  }

  get wallet(): Wallet {
    return this.#profile.wallet
  }

  get isLocked(): boolean {
    return this.#keeper === undefined
  }

  get #keeper() {
    return this.#profile.keeper
  }

  get #account(): PublicAccount {
    return this.#profile.account
  }

  get chain() {
    return this.fixture.chain
  }

  get mempool(): readonly Transaction[] {
    return [...this.fixture.mempool.entries()].map(({ transaction }) => transaction)
  }

  get now(): number {
    return this.fixture.now
  }

  /** Tells scripts of the account, those included that lie far beyond what was handed out. */
  ours(): (script: Uint8Array) => boolean {
    const total = (chain: 'receive' | 'change') => this.wallet.addresses(chain, { offset: 0, limit: 1 }).total
    const end = Math.max(total('receive'), total('change')) + LOOKED_AT
    for (; this.#derived < end; this.#derived++)
      for (const chain of [0, 1] as const)
        this.#ours.add(toHex(this.#account.scriptAt({ chain, index: this.#derived })))
    return (script) => this.#ours.has(toHex(script))
  }

  follow(): void {
    followByHand(this.wallet, this.chain, this.mempool, { limit: 1 + this.random.below(50), now: this.now })
  }

  async receive(): Promise<void> {
    const row = this.wallet.newAddress(this.now)
    const script = this.#account.scriptAt({ chain: 0, index: row.index })
    const coin = this.#coinOfOthers()
    if (coin === undefined) return
    const value = BigInt(1_000 + this.random.below(200_000_000))
    const rest = coin.output.value - value - 1_000n
    const others = rest > 1_000n ? [{ scriptPubKey: FREE_SCRIPT, value: rest }] : []
    await this.fixture.accept(spend([coin], [{ scriptPubKey: script, value }, ...others]))
  }

  /** Nothing is sent where it cannot be; nothing is made while the vault is locked. */
  async send(): Promise<void> {
    const view = this.wallet.spendingView()
    const { available } = this.wallet.balance()
    const amount = this.random.below(12) === 0 ? 'everything' : (available * BigInt(1 + this.random.below(90))) / 100n
    const script = this.random.below(3) === 0 ? this.#ownScript() : FREE_SCRIPT
    await this.#carryOut(() => planPayment({ recipients: [{ script, amount }], fee: this.#fee() }, view, this.random))
  }

  async bump(): Promise<void> {
    const waiting = this.wallet.ownPending()
    const one = waiting[this.random.below(Math.max(1, waiting.length))]
    if (one) await this.#carryOut(() => planBump(one.txid, this.#fee(5), this.wallet.spendingView(), this.random))
  }

  abandon(): void {
    const waiting = this.wallet.ownPending()
    const one = waiting[this.random.below(Math.max(1, waiting.length))]
    if (one === undefined) return
    this.wallet.abandon(one.txid)
    const spent = new Set(decodeTransaction(one.bytes).inputs.map(({ previous }) => outpointKey(previous)))
    // Those whose place it took are given up too: what was made and spends the same.
    for (const [id, { inputs }] of this.made)
      if (inputs.some(({ previous }) => spent.has(outpointKey(previous)))) this.abandoned.add(id)
  }

  /** A block with the mempool's best; sometimes it pays the wallet. */
  mine(count = 1): void {
    for (let i = 0; i < count; i++) {
      const taken = this.fixture.mempool.selectFor().map(({ transaction }) => transaction)
      this.fixture.mine(taken.slice(0, this.random.below(taken.length + 1)), this.#blockParts())
    }
  }

  /** Blocks are undone, and others come; some of them hold what a copy of the wallet elsewhere has spent. */
  reorganise(depth: number): void {
    const { chain, mempool } = this.fixture
    const undone: Transaction[] = []
    for (let i = 0; i < depth && chain.height > 140; i++) {
      const block = chain.undo()
      undone.unshift(...block.transactions.slice(1))
      mempool.blockDisconnected(block)
    }
    const elsewhere = this.#spendsElsewhere()
    const wished = [...elsewhere, ...undone.filter(() => this.random.below(3) > 0)]
    for (let i = 0; i <= depth; i++) {
      const taken = i === 0 ? this.#valid(wished) : []
      const block = chain.mine({ transactions: taken, ...this.#blockParts() })
      mempool.blockConnected(block, this.now)
      // Known from here on, and the wallet's own: should the block be undone, it waits like others.
      for (const transaction of taken.filter((one) => elsewhere.includes(one)))
        this.made.set(toHex(transaction.txid), transaction)
    }
    mempool.chainChanged(this.now)
  }

  crash(): Promise<void> {
    return this.#profile.crash()
  }

  lock(): void {
    this.#profile.lock()
  }

  unlock(): Promise<void> {
    return this.#profile.unlock()
  }

  changePassword(): Promise<void> {
    return this.#profile.changePassword()
  }

  end(): Promise<void> {
    return this.#profile.end()
  }

  /** What the words alone give, in another place: everything is looked for from the start. `waiting`: its mempool. */
  async restored(waiting: readonly Transaction[]): Promise<Wallet> {
    const store = memoryStore()
    const account = openPublicAccount(await this.#profile.accountOfWords(), accountNetworks.local)
    const wallet = new Wallet({ store, account, network: 'local' })
    followByHand(wallet, this.chain, waiting, { limit: 200, now: this.now })
    return wallet
  }

  /** Offers again what waits, as an engine does. */
  async offerAgain(): Promise<void> {
    for (const { bytes, txid } of this.wallet.ownPending()) {
      const transaction = this.made.get(toHex(txid))
      if (transaction === undefined || !bytesEqual(transaction.bytes(), bytes))
        throw new Error('what waits was not made')
      await this.fixture.accept(transaction)
    }
  }

  async #carryOut(plan: () => SpendingPlan): Promise<void> {
    let planned: SpendingPlan
    try {
      planned = plan()
    } catch (error) {
      if (error instanceof SpendingError) return
      throw error
    }
    if (this.#keeper === undefined) return
    const transaction = withWitnesses(planned, this.#keeper.sign(signingRequestOf(planned)), verifier)
    this.wallet.takeOwn(transaction, this.now)
    const outcome = await this.fixture.accept(transaction)
    if (outcome.status === 'refused' || outcome.status === 'orphan') {
      this.wallet.forgetOwn(transaction.txid)
      return
    }
    this.made.set(toHex(transaction.txid), transaction)
    this.abandoned.delete(toHex(transaction.txid))
  }

  #fee(least = 1) {
    return { rate: 1_000 * (least + this.random.below(20)), basis: 'chosen' as const }
  }

  #ownScript(): Uint8Array {
    return this.#account.scriptAt({ chain: 0, index: this.wallet.newAddress(this.now).index })
  }

  #blockParts() {
    const paysUs = this.random.below(3) === 0
    const { index } = paysUs ? this.wallet.rewardAddress(this.now) : { index: 0 }
    return {
      payTo: paysUs ? this.#account.scriptAt({ chain: 0, index }) : FREE_SCRIPT,
      extraNonce: ++this.#nonce,
    }
  }

  #coinOfOthers(): OwnedCoin | undefined {
    const { chain, mempool } = this.fixture
    const found: OwnedCoin[] = []
    for (const [name, coin] of chain.coins) {
      if (!bytesEqual(coin.scriptPubKey, FREE_SCRIPT) || coin.value < 300_000_000n) continue
      if (coin.isCoinbase && chain.height + 1 - coin.height < chain.network.coinbaseMaturity) continue
      const bytes = Buffer.from(name, 'latin1')
      const outpoint = { txid: new Uint8Array(bytes.subarray(0, 32)), index: bytes.readUInt32LE(32) }
      if (mempool.spender(outpoint) === undefined) found.push({ outpoint, output: coin })
      if (found.length > 20) break
    }
    return found[this.random.below(Math.max(1, found.length))]
  }

  /** Signed by the same words somewhere else: the wallet hears of it from a block. */
  #spendsElsewhere(): Transaction[] {
    if (this.#keeper === undefined || this.random.below(2) === 0) return []
    const coins = this.wallet.coins().filter(({ status }) => status === 'available')
    const coin = coins[this.random.below(Math.max(1, coins.length))]
    if (coin === undefined) return []
    try {
      const recipients = [{ script: FREE_SCRIPT, amount: 'everything' as const }]
      const request = { recipients, fee: this.#fee(), coins: [coin.outpoint] }
      const plan = planPayment(request, this.wallet.spendingView(), this.random)
      return [withWitnesses(plan, this.#keeper.sign(signingRequestOf(plan)), verifier)]
    } catch (error) {
      if (error instanceof SpendingError) return []
      throw error
    }
  }

  /** Of those that are wished for, what a block may hold together. */
  #valid(wished: readonly Transaction[]): readonly Transaction[] {
    const taken: Transaction[] = []
    for (const transaction of wished) {
      const block = this.chain.next({ transactions: [...taken, transaction], payTo: FREE_SCRIPT })
      if (!isBlockFault(this.chain.effectsOf(block))) taken.push(transaction)
    }
    return taken
  }
}

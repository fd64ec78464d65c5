/** A real wallet on a chain of tests with a real mempool: real keys sign, the mempool and the chain's rules judge. */
import type { TransactionOutcome } from '../../chain/chain.ts'
import type { Block } from '../../chain/primitives/block.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import type { BlockParts } from '../../chain/test-support/block-builder.ts'
import { FREE_SCRIPT, MempoolFixture, spend } from '../../chain/test-support/mempool-fixture.ts'
import { type OwnedCoin, TestKey } from '../../chain/test-support/test-keys.ts'
import { openMemoryDatabase } from '../../host/database.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import type { Database } from '../../kernel/database.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { migrate } from '../../storage/migrate.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { PrivateAccount } from '../keys/private-account.ts'
import { openPublicAccount } from '../keys/public-account.ts'
import { planPayment } from '../spending/plan-payment.ts'
import { signingRequestOf, withWitnesses } from '../spending/signing.ts'
import type { PaymentRequest, SpendingPlan } from '../spending/spending-types.ts'
import { walletMigrations } from '../store/migrations/index.ts'
import { WalletStore } from '../store/wallet-store.ts'
import { signTransaction } from '../vault/sign-transaction.ts'
import { Wallet } from '../wallet.ts'
import type { PublicAccount } from '../wallet-types.ts'
import { followByHand } from './brute-force-chain.ts'

const NETWORK = 'local'
const verifier = createSignatureVerifier()

/** The keys of a number: the same every time. */
export class WalletOwner {
  readonly keys: PrivateAccount
  readonly account: PublicAccount

  constructor(number: number) {
    this.keys = new PrivateAccount(new TestKey(number).secret, accountNetworks[NETWORK])
    this.account = openPublicAccount(this.keys.extendedPublicKey, accountNetworks[NETWORK])
  }

  sign(plan: SpendingPlan): Transaction {
    return withWitnesses(plan, signTransaction(signingRequestOf(plan), this.keys), verifier)
  }

  /** Of one who looks for nothing: the script of a path. */
  script(index: number, chain: 0 | 1 = 0): Uint8Array {
    return this.account.scriptAt({ chain, index })
  }
}

/** An empty wallet.db in memory. */
export function memoryStore(): WalletStore {
  const db: Database = openMemoryDatabase('wallet.db', undefined, () => undefined)
  migrate(db, walletMigrations, 'wallet.db')
  return new WalletStore(db)
}

/** Chain, mempool, and the others in the world, of whom anybody can spend what they have. */
export class WalletWorld {
  readonly fixture: MempoolFixture
  /** Rewards of others that were not spent yet. */
  #nextCoin = 1

  constructor(fixture = new MempoolFixture()) {
    this.fixture = fixture
  }

  get chain() {
    return this.fixture.chain
  }

  get mempool(): readonly Transaction[] {
    return [...this.fixture.mempool.entries()].map(({ transaction }) => transaction)
  }

  /** A transaction of others that pays these scripts, not yet offered to anybody. */
  payment(outputs: readonly { readonly script: Uint8Array; readonly value: bigint }[], fee = 1_000n): Transaction {
    const coin = this.coinOfOthers()
    const paid = outputs.map(({ script, value }) => ({ scriptPubKey: script, value }))
    const left = coin.output.value - fee - paid.reduce((sum, { value }) => sum + value, 0n)
    return spend([coin], [...paid, { scriptPubKey: FREE_SCRIPT, value: left }])
  }

  coinOfOthers(): OwnedCoin {
    return this.fixture.coin(this.#nextCoin++)
  }

  /** @throws Error where the mempool does not take it */
  async offer(transaction: Transaction): Promise<void> {
    await this.fixture.acceptAll([transaction])
  }

  offered(transaction: Transaction): Promise<TransactionOutcome> {
    return this.fixture.accept(transaction)
  }

  async pay(script: Uint8Array, value: bigint): Promise<Transaction> {
    const transaction = this.payment([{ script, value }])
    await this.offer(transaction)
    return transaction
  }

  /** A block of what is in the mempool, or of what is given. */
  mine(parts: Partial<BlockParts> = {}): Block {
    const transactions = this.fixture.mempool.selectFor().map(({ transaction }) => transaction)
    return this.fixture.mine(parts.transactions ?? transactions, parts)
  }

  mineMany(count: number, parts: Partial<BlockParts> = {}): void {
    for (let i = 0; i < count; i++) this.mine({ extraNonce: i, ...parts })
  }
}

/** A wallet in a world. */
export class WalletBed {
  readonly world: WalletWorld
  readonly owner: WalletOwner
  readonly store: WalletStore
  readonly random: SeededRandom
  wallet: Wallet
  readonly #number: number

  constructor(world: WalletWorld, { owner = 1, store = memoryStore() } = {}) {
    this.world = world
    this.#number = owner
    this.owner = new WalletOwner(owner)
    this.store = store
    this.random = SeededRandom.of(owner)
    this.wallet = this.#open()
  }

  get now(): number {
    return this.world.fixture.now
  }

  /** As after a start of the program. */
  reopen(): void {
    this.wallet = this.#open()
  }

  /** Another wallet of the same words, that has looked at everything. */
  restored(): WalletBed {
    const other = new WalletBed(this.world, { owner: this.#number })
    other.follow()
    return other
  }

  follow(limit = 500): void {
    followByHand(this.wallet, this.world.chain, this.world.mempool, { limit, now: this.now })
  }

  newScript(): Uint8Array {
    const { index } = this.wallet.newAddress(this.now)
    return this.owner.script(index)
  }

  /** Some coins of the wallet, in blocks. */
  async fund(...values: readonly bigint[]): Promise<void> {
    for (const value of values) await this.world.pay(this.newScript(), value)
    this.world.mine()
    this.follow()
  }

  plan(request: Partial<PaymentRequest> & Pick<PaymentRequest, 'recipients'>): SpendingPlan {
    const fee = { rate: 2_000, basis: 'chosen' as const }
    return planPayment({ fee, ...request }, this.wallet.spendingView(), this.random)
  }

  /** Signed and kept, and offered to nobody. */
  make(plan: SpendingPlan): Transaction {
    const transaction = this.owner.sign(plan)
    this.wallet.takeOwn(transaction, this.now)
    return transaction
  }

  async send(amount: bigint | 'everything', script: Uint8Array = FREE_SCRIPT): Promise<Transaction> {
    const transaction = this.make(this.plan({ recipients: [{ script, amount }] }))
    await this.world.offer(transaction)
    return transaction
  }

  #open(): Wallet {
    return new Wallet({ store: this.store, account: this.owner.account, network: NETWORK })
  }
}

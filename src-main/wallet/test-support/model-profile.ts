/** The folder of a wallet whose program is killed and locked: a real wallet.db on a disk, a real vault, the words and the password. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabases } from '../../host/database.ts'
import { createFileStore } from '../../host/files.ts'
import type { Clock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { CHEAP_COST, inlineDerivation } from '../../simulation/vault.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { openPublicAccount } from '../keys/public-account.ts'
import { WalletFile } from '../store/wallet-file.ts'
import { VaultKeeper } from '../vault/vault-keeper.ts'
import { Wallet } from '../wallet.ts'
import type { PublicAccount } from '../wallet-types.ts'

const NETWORK = accountNetworks.local
const timer = { cancel: () => undefined }
/** Stands still: nothing locks by itself. */
const CLOCK: Clock = { now: () => 0, wallTime: () => 1_900_000_000_000, after: () => timer, every: () => timer }

export class ModelProfile {
  wallet!: Wallet
  account!: PublicAccount
  /** While it is unlocked. */
  keeper: VaultKeeper | undefined
  readonly #random: SeededRandom
  #folder: string
  #folders = 0
  #file!: WalletFile
  #words = ''
  #password = 'password of step 0'

  private constructor(random: SeededRandom, folder: string) {
    this.#random = random
    this.#folder = folder
  }

  /** Of a new wallet, unlocked. */
  static async begin(random: SeededRandom, folder: string): Promise<ModelProfile> {
    const profile = new ModelProfile(random, join(folder, '0'))
    mkdirSync(profile.#folder)
    await profile.#openFile()
    profile.keeper = profile.#newKeeper()
    const words = await profile.keeper.create({
      ...{ words: 12, language: 'english', passphrase: '', password: profile.#password },
    })
    profile.#words = words.join(' ')
    await profile.#file.open()
    profile.#openWallet()
    return profile
  }

  /** What a `kill -9` leaves is what there is afterwards. */
  async crash(): Promise<void> {
    const before = this.#folder
    this.#folder = join(before, '..', String(++this.#folders))
    mkdirSync(this.#folder)
    for (const name of readdirSync(before)) copyFileSync(join(before, name), join(this.#folder, name))
    await this.#file.close()
    this.keeper?.end()
    this.keeper = undefined
    await this.#openFile()
    this.#openWallet()
    await this.unlock()
  }

  lock(): void {
    this.keeper?.lock()
    this.keeper = undefined
  }

  async unlock(): Promise<void> {
    if (this.keeper) return
    const keeper = this.#newKeeper()
    await keeper.unlock(this.#password)
    this.keeper = keeper
  }

  async changePassword(): Promise<void> {
    await this.unlock()
    const next = `password of step ${this.#random.below(1_000_000)}`
    await this.keeper?.changePassword(this.#password, next)
    this.#password = next
    this.lock()
  }

  /** The extended public key that the words alone give. */
  async accountOfWords(): Promise<string> {
    let found = ''
    const keeper = new VaultKeeper({
      ...this.#keeperParts(),
      store: {
        read: async () => undefined,
        begin: async (_, account) => {
          found = account.extendedPublicKey
        },
        replace: async () => undefined,
        settle: async () => undefined,
        confirmWords: async () => undefined,
      },
    })
    await keeper.restore({ words: this.#words, passphrase: '', password: 'another password' }).catch(() => undefined)
    keeper.end()
    return found
  }

  async end(): Promise<void> {
    this.keeper?.end()
    await this.#file.close()
  }

  #keeperParts() {
    return {
      ...{ derivation: inlineDerivation, random: this.#random, cost: CHEAP_COST, network: NETWORK },
      ...{ clock: CLOCK, lockAfter: 10, changed: () => undefined, ended: () => undefined },
    }
  }

  #newKeeper(): VaultKeeper {
    return new VaultKeeper({ ...this.#keeperParts(), store: this.#file.keys })
  }

  async #openFile(): Promise<void> {
    const ports = { databases: createDatabases(), files: createFileStore() }
    this.#file = new WalletFile({ ...ports, clock: CLOCK, log: silentLog, folder: this.#folder })
    await this.#file.open()
  }

  #openWallet(): void {
    const { opening } = this.#file
    if (opening.state !== 'ready') throw new Error(`wallet.db is ${JSON.stringify(opening)}`)
    this.account = openPublicAccount(opening.account.extendedPublicKey, NETWORK)
    this.wallet = new Wallet({ store: opening.store, account: this.account, network: 'local' })
  }
}

/**
 * The wallet's addresses on both chains, and which of them are looked for: those up to `GAP_LIMIT` beyond the last that was
 * used or handed out (BIP 44), and as many more as a person wished. Only ever grows.
 *
 * Scripts that wallet.db remembers are held against the account's key when it is opened, all of them: one that is not its
 * own is made again, and blocks are to be looked at again for it.
 */
import { hashKey } from '../chain/coins/coin.ts'
import { MAX_WALLET_SCRIPTS } from '../chain/node/wallet-calls.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import type { AddressPurpose, KeptAddress } from './store/address-repository.ts'
import { WalletError } from './wallet-error.ts'
import type { KeyChain, KeyPath, PublicAccount } from './wallet-types.ts'

export const GAP_LIMIT = 20
/** A node looks for `MAX_WALLET_SCRIPTS` of a wallet; each of our two chains gets half. */
export const MAX_CHAIN_ADDRESSES: number = MAX_WALLET_SCRIPTS / 2
const CHAINS: readonly KeyChain[] = [0, 1]

export class AddressBook {
  readonly #account: PublicAccount
  readonly #chains: readonly [KeptAddress[], KeptAddress[]] = [[], []]
  readonly #paths = new Map<string, KeyPath>()
  /** Of each chain; -1 for none. */
  readonly #lastUsed: [number, number] = [-1, -1]
  readonly #lastHandedOut: [number, number] = [-1, -1]
  readonly #changed = new Map<string, KeptAddress>()
  readonly #added: Uint8Array[] = []
  #further: number
  #repaired = 0
  #version = 0
  #scripts: readonly Uint8Array[] | undefined

  /** `kept`: in the order of their paths; what follows a missing one is made again. `further`: looked for beyond the gap. */
  constructor(account: PublicAccount, kept: readonly KeptAddress[], further: number) {
    this.#account = account
    this.#further = further
    for (const address of kept) {
      const { chain, index } = address.path
      if (index === this.#chains[chain].length && index < MAX_CHAIN_ADDRESSES) this.#add(this.#verified(address))
    }
    this.#fill()
  }

  get size(): number {
    return this.#paths.size
  }

  /** Grows with each change. */
  get version(): number {
    return this.#version
  }

  get further(): number {
    return this.#further
  }

  /** Remembered scripts that were not those of the account. */
  get repaired(): number {
    return this.#repaired
  }

  /** Handed out after the last that was paid to: a wallet that is restored from the words looks for `GAP_LIMIT` of them. */
  get unpaidInRow(): number {
    return Math.max(0, this.#lastHandedOut[0] - this.#lastUsed[0])
  }

  /** All that are looked for. */
  get scripts(): readonly Uint8Array[] {
    this.#scripts ??= this.#chains.flatMap((chain) => chain.map(({ script }) => script))
    return this.#scripts
  }

  pathOf(script: Uint8Array): KeyPath | undefined {
    return this.#paths.get(hashKey(script))
  }

  find({ chain, index }: KeyPath): KeptAddress | undefined {
    return this.#chains[chain][index]
  }

  /** In their order, those that are only looked for left out. */
  shown(chain: KeyChain): readonly KeptAddress[] {
    return this.#chains[chain].slice(0, this.#lastNeeded(chain) + 1)
  }

  /** Something was paid to it. */
  markUsed({ chain, index }: KeyPath): void {
    if (index <= this.#lastUsed[chain]) return
    this.#lastUsed[chain] = index
    this.#version++
    this.#fill()
  }

  lookFurther(more: number): void {
    this.#further = Math.min(MAX_CHAIN_ADDRESSES, this.#further + more)
    this.#version++
    this.#fill()
  }

  /** The next address after the last that was used or handed out. @throws WalletError `TOO_MANY_ADDRESSES` */
  handOut(now: number, purpose: AddressPurpose): KeptAddress {
    const next = this.#chains[0][this.#lastNeeded(0) + 1]
    if (next === undefined) throw new WalletError({ code: 'TOO_MANY_ADDRESSES', limit: MAX_CHAIN_ADDRESSES })
    const address = { ...next, handedOut: now, purpose }
    this.#replace(address)
    this.#version++
    this.#fill()
    return address
  }

  /** What the miner was given last; undefined for nothing yet. */
  lastForRewards(): KeptAddress | undefined {
    return this.#chains[0].findLast(({ purpose }) => purpose === 'reward')
  }

  /** Where change goes: where there are no further addresses the last one again, so that coins can always be spent. */
  change(): KeptAddress {
    const chain = this.#chains[1]
    return chain[this.#lastNeeded(1) + 1] ?? (chain[chain.length - 1] as KeptAddress)
  }

  addressOf({ path }: KeptAddress): string {
    return this.#account.addressAt(path)
  }

  /** Scripts that are looked for since the last call, and were not before. */
  takeAdded(): readonly Uint8Array[] {
    return this.#added.splice(0)
  }

  /** What has to be written down since the last call. */
  takeChanges(): readonly KeptAddress[] {
    const changes = [...this.#changed.values()]
    this.#changed.clear()
    return changes
  }

  /** Makes what is looked for and not there yet. */
  #fill(): void {
    for (const chain of CHAINS) {
      const wanted = Math.min(MAX_CHAIN_ADDRESSES, this.#lastNeeded(chain) + 1 + GAP_LIMIT + this.#further)
      while (this.#chains[chain].length < wanted) {
        const path = { chain, index: this.#chains[chain].length }
        const address = {
          path,
          script: this.#account.scriptAt(path),
          handedOut: undefined,
          purpose: 'payment' as const,
        }
        this.#add(address)
        this.#changed.set(keyOf(path), address)
        this.#added.push(address.script)
      }
    }
  }

  #lastNeeded(chain: KeyChain): number {
    return Math.max(this.#lastUsed[chain], this.#lastHandedOut[chain])
  }

  #verified(address: KeptAddress): KeptAddress {
    const script = this.#account.scriptAt(address.path)
    if (bytesEqual(script, address.script)) return address
    this.#repaired++
    const right = { ...address, script }
    this.#changed.set(keyOf(right.path), right)
    return right
  }

  #add(address: KeptAddress): void {
    const { path, script, handedOut } = address
    this.#chains[path.chain].push(address)
    this.#paths.set(hashKey(script), path)
    if (handedOut !== undefined) this.#lastHandedOut[path.chain] = path.index
    this.#scripts = undefined
  }

  #replace(address: KeptAddress): void {
    const { chain, index } = address.path
    this.#chains[chain][index] = address
    this.#changed.set(keyOf(address.path), address)
    if (address.handedOut !== undefined) this.#lastHandedOut[chain] = Math.max(index, this.#lastHandedOut[chain])
  }
}

function keyOf({ chain, index }: KeyPath): string {
  return `${chain}/${index}`
}

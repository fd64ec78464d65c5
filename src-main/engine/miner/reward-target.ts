/**
 * Where rewards go: to the address that a call names, else to that of the settings, else to the wallet, else to the one that
 * was named last.
 */
import type { MinerStatus } from '#shared/contract/miner.ts'
import { scriptOfAddress } from '../../chain/address/address.ts'
import type { ChainNetwork } from '../../chain/consensus/network.ts'
import { knownAddresses } from '../../chain/consensus/networks.ts'
import { MinerError } from '../../miner/miner-error.ts'

export const WORDS_NOT_CONFIRMED =
  'Rewards go to the wallet, and its words have not been confirmed. Confirm them before you rely on these coins.'

/** The wallet as the miner sees it. */
export interface RewardWallet {
  /** The same until something was paid to it. Undefined where there is no wallet that can be paid to. */
  miningAddress(): Promise<string | undefined>
  /** There is a wallet that can be paid to. */
  readonly isThere: boolean
  readonly wordsConfirmed: boolean
  watch(changed: () => void): () => void
}

export interface RewardTargetParts {
  readonly network: ChainNetwork
  /** Empty for none. */
  readonly settingsAddress: () => string
  readonly wallet: RewardWallet | undefined
}

export class RewardTarget {
  readonly #parts: RewardTargetParts
  #address: string | undefined
  #paysTo: MinerStatus['paysTo']

  constructor(parts: RewardTargetParts) {
    this.#parts = parts
  }

  /** That rewards went to last. */
  get address(): string | undefined {
    return this.#address
  }

  /** Where they would go if mining began now, or go where it goes on. */
  paysTo(isOn: boolean): MinerStatus['paysTo'] {
    if (isOn) return this.#paysTo
    if (this.#parts.settingsAddress()) return 'address'
    if (this.#parts.wallet?.isThere) return 'wallet'
    return this.#address === undefined ? undefined : 'address'
  }

  /** One sentence where a person should know something of it, or empty. */
  notice(isOn: boolean): string {
    return this.paysTo(isOn) === 'wallet' && this.#parts.wallet?.wordsConfirmed === false ? WORDS_NOT_CONFIRMED : ''
  }

  /** The output script. @throws MinerError `NO_ADDRESS`, AddressError */
  async choose(given: string | undefined): Promise<Uint8Array> {
    const { network, settingsAddress, wallet } = this.#parts
    const named = given ?? settingsAddress()
    const ours = named ? undefined : await wallet?.miningAddress()
    const address = named || ours || this.#address
    if (!address) throw new MinerError({ code: 'NO_ADDRESS' })
    const script = scriptOfAddress(address, network.addresses, knownAddresses)
    this.#address = address
    this.#paysTo = address === ours ? 'wallet' : 'address'
    return script
  }

  /** The script of the wallet's next address, where rewards go to the wallet and the last one has had something. */
  async next(): Promise<Uint8Array | undefined> {
    const { network, wallet } = this.#parts
    if (this.#paysTo !== 'wallet') return undefined
    const address = await wallet?.miningAddress()
    if (address === undefined || address === this.#address) return undefined
    this.#address = address
    return scriptOfAddress(address, network.addresses, knownAddresses)
  }
}

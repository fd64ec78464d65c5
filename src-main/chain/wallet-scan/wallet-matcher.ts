/**
 * Which transactions concern a wallet: those that pay to its scripts, spend what it has, or spend what they were seen to pay.
 * An input that shows the key of a P2WPKH script of the wallet is taken for a spend as well: after a reorganisation it may
 * spend what the wallet took for spent by another. That is not quite a proof (a witness of a later version holds anything).
 */
import { scriptOf } from '../address/output-script.ts'
import { outpointKey } from '../coins/coin.ts'
import { LightNodeError } from '../light/light-error.ts'
import { MAX_WALLET_OUTPOINTS, MAX_WALLET_SCRIPTS, type WalletScripts } from '../node/wallet-calls.ts'
import { hash160 } from '../primitives/hashes.ts'
import type { Transaction, TransactionInput, TransactionOutput } from '../primitives/transaction.ts'

/** Compressed. */
const KEY_BYTES = 33

export class WalletMatcher {
  readonly scripts: readonly Uint8Array[]
  readonly #scripts: ReadonlySet<string>
  /** Lengths of scripts: most that are not ours are told by theirs. */
  readonly #lengths: ReadonlySet<number>
  readonly #outpoints: Set<string>

  /** @throws LightNodeError `TOO_MANY_SCRIPTS`, `TOO_MANY_OUTPOINTS` */
  constructor({ scripts, outpoints }: WalletScripts) {
    if (scripts.length > MAX_WALLET_SCRIPTS)
      throw new LightNodeError({ code: 'TOO_MANY_SCRIPTS', limit: MAX_WALLET_SCRIPTS })
    if (outpoints.length > MAX_WALLET_OUTPOINTS)
      throw new LightNodeError({ code: 'TOO_MANY_OUTPOINTS', limit: MAX_WALLET_OUTPOINTS })
    this.scripts = scripts
    this.#scripts = new Set(scripts.map(keyOf))
    this.#lengths = new Set(scripts.map(({ length }) => length))
    this.#outpoints = new Set(outpoints.map(keyOf))
  }

  isOurs({ scriptPubKey }: Pick<TransactionOutput, 'scriptPubKey'>): boolean {
    return this.#isKnown(scriptPubKey)
  }

  /** Whether it concerns the wallet; what it pays to it is watched from now on. In the order of the chain. */
  takes(transaction: Transaction): boolean {
    let pays = false
    for (const [index, output] of transaction.outputs.entries()) {
      if (!this.isOurs(output)) continue
      pays = true
      this.#outpoints.add(outpointKey({ txid: transaction.txid, index }))
    }
    return pays || this.#spendsOurs(transaction)
  }

  #spendsOurs({ inputs, isCoinbase }: Transaction): boolean {
    if (isCoinbase) return false
    return inputs.some((input) => this.#outpoints.has(outpointKey(input.previous)) || this.#showsOurKey(input))
  }

  #showsOurKey({ witness, scriptSig }: TransactionInput): boolean {
    const [, key] = witness
    if (key?.length !== KEY_BYTES || witness.length !== 2 || scriptSig.length > 0) return false
    return this.#isKnown(scriptOf({ type: 'p2wpkh', hash: hash160(key) }))
  }

  #isKnown(script: Uint8Array): boolean {
    return this.#lengths.has(script.length) && this.#scripts.has(keyOf(script))
  }
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

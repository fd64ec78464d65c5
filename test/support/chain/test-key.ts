/** Keys for made-up chains: what they are paid to and how they spend it, P2WPKH alone. */
import { createHash } from 'node:crypto'
import secp256k1 from 'secp256k1'
import { addressOfScript } from '../../../src-main/chain/address/address.ts'
import { scriptOf } from '../../../src-main/chain/address/output-script.ts'
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { hash160 } from '../../../src-main/chain/primitives/hashes.ts'
import {
  type Outpoint,
  Transaction,
  type TransactionFields,
  type TransactionOutput,
} from '../../../src-main/chain/primitives/transaction.ts'
import { SighashType } from '../../../src-main/chain/script/sighash-type.ts'
import { SharedSighashes, witnessSighash } from '../../../src-main/chain/script/sighash-witness.ts'

export class TestKey {
  /** 33 bytes. */
  readonly publicKey: Uint8Array
  /** The output script of its P2WPKH. */
  readonly script: Uint8Array
  /** What BIP 143 has signed for it: the script of P2PKH. */
  readonly #scriptCode: Uint8Array
  readonly #secret: Uint8Array

  /** The same key for the same text. */
  constructor(seed: string) {
    this.#secret = new Uint8Array(createHash('sha256').update(seed).digest())
    this.publicKey = secp256k1.publicKeyCreate(this.#secret)
    const hash = hash160(this.publicKey)
    this.script = scriptOf({ type: 'p2wpkh', hash })
    this.#scriptCode = scriptOf({ type: 'p2pkh', hash })
  }

  address({ addresses }: ChainNetwork): string {
    return addressOfScript(this.script, addresses) as string
  }

  /** The witness of input `index`, which spends `value` grains paid to this key. */
  witness(shared: SharedSighashes, index: number, value: bigint): readonly Uint8Array[] {
    const digest = witnessSighash(shared, index, this.#scriptCode, value, SighashType.ALL)
    const { signature } = secp256k1.ecdsaSign(digest, this.#secret)
    return [Uint8Array.of(...secp256k1.signatureExport(signature), SighashType.ALL), this.publicKey]
  }
}

/** An output paid to a key. */
export interface TestCoin {
  readonly outpoint: Outpoint
  readonly value: bigint
  readonly key: TestKey
}

export interface PaymentOptions {
  readonly version?: number
  readonly lockTime?: number
  /** Of every input. */
  readonly sequence?: number
}

const NO_SCRIPT = new Uint8Array(0)
const SEQUENCE_REPLACEABLE = 0xffff_fffd

/** A signed transaction that spends `coins`; the fee is what `outputs` leave. */
export function payment(
  coins: readonly TestCoin[],
  outputs: readonly TransactionOutput[],
  { version = 2, lockTime = 0, sequence = SEQUENCE_REPLACEABLE }: PaymentOptions = {},
): Transaction {
  const inputs = coins.map(({ outpoint }) => ({ previous: outpoint, scriptSig: NO_SCRIPT, sequence, witness: [] }))
  const unsigned: TransactionFields = { version, inputs, outputs, lockTime }
  const shared = new SharedSighashes(unsigned)
  const signed = inputs.map((input, index) => {
    const { key, value } = coins[index] as TestCoin
    return { ...input, witness: key.witness(shared, index, value) }
  })
  return new Transaction({ ...unsigned, inputs: signed })
}

/** Output `index` of a transaction, paid to `key`. */
export function coinOf(transaction: Transaction, index: number, key: TestKey): TestCoin {
  const output = transaction.outputs[index]
  if (output === undefined) throw new RangeError(`no output ${index}`)
  return { outpoint: { txid: transaction.txid, index }, value: output.value, key }
}

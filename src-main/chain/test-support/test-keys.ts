/** Keys of tests, and transactions that they sign. */
import secp256k1 from 'secp256k1'
import { ByteWriter } from '../../codec/byte-writer.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { hash160, sha256 } from '../primitives/hashes.ts'
import {
  type Outpoint,
  Transaction,
  type TransactionFields,
  type TransactionInput,
  type TransactionOutput,
} from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { pushOf } from '../script/script-reader.ts'
import { legacySighash } from '../script/sighash-legacy.ts'
import { SighashType } from '../script/sighash-type.ts'
import { SharedSighashes, witnessSighash } from '../script/sighash-witness.ts'

const EMPTY = new Uint8Array(0)
/** RBF is signalled and relative locktimes are off. */
const SEQUENCE_PLAIN = 0xffff_fffd

/** An output script that `1` alone satisfies: no signature is needed. Its inputs have empty scripts. */
export const ANYONE_CAN_SPEND: Uint8Array = Uint8Array.of(Opcode.OP_1)

/** The key of a number: the same one every time. */
export class TestKey {
  readonly secret: Uint8Array
  /** 33 bytes. */
  readonly publicKey: Uint8Array
  /** 20 bytes. */
  readonly hash: Uint8Array

  constructor(number: number) {
    this.secret = sha256(new ByteWriter(4).u32(number).done())
    this.publicKey = secp256k1.publicKeyCreate(this.secret, true)
    this.hash = hash160(this.publicKey)
  }

  /** Pay to witness public key hash. */
  get p2wpkh(): Uint8Array {
    return concatBytes([Uint8Array.of(Opcode.OP_0), pushOf(this.hash)])
  }

  /** Pay to public key hash. */
  get p2pkh(): Uint8Array {
    return concatBytes([
      Uint8Array.of(Opcode.OP_DUP, Opcode.OP_HASH160),
      pushOf(this.hash),
      Uint8Array.of(Opcode.OP_EQUALVERIFY, Opcode.OP_CHECKSIG),
    ])
  }

  /** A signature of a digest of 32 bytes: DER with low S, and the hash type behind it. */
  sign(digest: Uint8Array, hashType: number = SighashType.ALL): Uint8Array {
    const { signature } = secp256k1.ecdsaSign(digest, this.secret)
    return concatBytes([secp256k1.signatureExport(signature), Uint8Array.of(hashType)])
  }
}

/** A coin, and who may spend it: a key with one of its two scripts, or nobody in particular (`ANYONE_CAN_SPEND`). */
export interface OwnedCoin {
  readonly outpoint: Outpoint
  readonly output: TransactionOutput
  readonly key?: TestKey
}

export interface SpendOptions {
  /** 2. */
  readonly version?: number
  /** 0. */
  readonly lockTime?: number
  /** Of all inputs; as of a wallet: final for no locktime, without relative locktimes. */
  readonly sequence?: number
  /** Of single inputs, by place. */
  readonly sequences?: readonly (number | undefined)[]
}

/** The output of a transaction as something to spend. */
export function coinOf({ txid, outputs }: Transaction, index: number, key?: TestKey): OwnedCoin {
  const output = outputs[index]
  if (output === undefined) throw new RangeError(`no output ${index}`)
  return { outpoint: { txid, index }, output, ...(key && { key }) }
}

/** A transaction that spends all these coins, signed. */
export function spendCoins(
  coins: readonly OwnedCoin[],
  outputs: readonly TransactionOutput[],
  { version = 2, lockTime = 0, sequence = SEQUENCE_PLAIN, sequences = [] }: SpendOptions = {},
): Transaction {
  const inputs = coins.map(({ outpoint }, i) => ({
    previous: outpoint,
    scriptSig: EMPTY,
    sequence: sequences[i] ?? sequence,
    witness: [],
  }))
  const unsigned = new Transaction({ version, inputs, outputs, lockTime })
  const shared = new SharedSighashes(unsigned)
  return new Transaction({
    version,
    inputs: inputs.map((input, i) => signedInput(input, shared, i, coins[i] as OwnedCoin)),
    outputs,
    lockTime,
  })
}

/** The same transaction with other fields; signatures stay as they are. */
export function withFields(transaction: Transaction, fields: Partial<TransactionFields>): Transaction {
  const { version, inputs, outputs, lockTime } = transaction
  return new Transaction({ version, inputs, outputs, lockTime, ...fields })
}

function signedInput(
  input: TransactionInput,
  shared: SharedSighashes,
  index: number,
  { output, key }: OwnedCoin,
): TransactionInput {
  if (key === undefined) return input
  // A witness program starts with a version, a script with DUP.
  if (output.scriptPubKey[0] === Opcode.OP_0) {
    const signature = key.sign(witnessSighash(shared, index, key.p2pkh, output.value, SighashType.ALL))
    return { ...input, witness: [signature, key.publicKey] }
  }
  const signature = key.sign(legacySighash(shared.transaction, index, output.scriptPubKey, SighashType.ALL))
  return { ...input, scriptSig: concatBytes([pushOf(signature), pushOf(key.publicKey)]) }
}

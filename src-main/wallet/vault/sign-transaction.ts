/**
 * Signs a payment: every input P2WPKH of the account, SIGHASH_ALL (BIP 143). The keys are found by their paths, and the
 * script that is signed for is made from the key: a path that is not the coin's gives a signature that fits nothing.
 * Every signature is verified before it is given out.
 */

import { scriptOf } from '../../chain/address/output-script.ts'
import { MAX_MONEY } from '../../chain/consensus/check-transaction.ts'
import { hash160 } from '../../chain/primitives/hashes.ts'
import { SighashType } from '../../chain/script/sighash-type.ts'
import { SharedSighashes, witnessSighash } from '../../chain/script/sighash-witness.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { derOf, publicKeyOf, signLowR, verifies } from '../keys/curve.ts'
import { HARDENED } from '../keys/extended-key.ts'
import type { PrivateAccount } from '../keys/private-account.ts'
import type { KeyPath, SigningRequest } from '../wallet-types.ts'
import { VaultError } from './vault-error.ts'

/** More do not fit into a standard transaction. */
export const MAX_SIGNED_INPUTS = 2_000

/** The witness of each input: signature and public key. @throws VaultError `NOT_OURS`, `SIGNING_FAILED` */
export function signTransaction(
  { transaction, inputs }: SigningRequest,
  account: PrivateAccount,
): readonly (readonly Uint8Array[])[] {
  if (inputs.length === 0 || inputs.length > MAX_SIGNED_INPUTS || inputs.length !== transaction.inputs.length)
    throw new VaultError({ code: 'NOT_OURS' })
  for (const { value, path } of inputs)
    if (!isPath(path) || value < 0n || value > MAX_MONEY) throw new VaultError({ code: 'NOT_OURS' })
  const shared = new SharedSighashes(transaction)
  return inputs.map(({ value, path }, index) => signInput(shared, index, value, account.secretAt(path)))
}

function signInput(shared: SharedSighashes, index: number, value: bigint, secret: Uint8Array): readonly Uint8Array[] {
  try {
    const publicKey = publicKeyOf(secret)
    // BIP 143: of a P2WPKH input the script that P2PKH would have.
    const scriptCode = scriptOf({ type: 'p2pkh', hash: hash160(publicKey) })
    const digest = witnessSighash(shared, index, scriptCode, value, SighashType.ALL)
    const signature = signLowR(digest, secret)
    if (!verifies(signature, digest, publicKey)) throw new VaultError({ code: 'SIGNING_FAILED' })
    return [concatBytes([derOf(signature), Uint8Array.of(SighashType.ALL)]), publicKey]
  } finally {
    secret.fill(0)
  }
}

function isPath({ chain, index }: KeyPath): boolean {
  return (chain === 0 || chain === 1) && Number.isInteger(index) && index >= 0 && index < HARDENED
}

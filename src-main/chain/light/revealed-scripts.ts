/**
 * Which output scripts an input may have spent, by what it shows of itself: the key or script whose hash the output paid to.
 *
 * Where to look, not a proof: the same bytes may satisfy another script (a bare `CHECKSIG` takes what pay to public key hash
 * takes; a witness program of a later version takes any witness). Bare keys, bare multisig and later versions show nothing.
 */
import { scriptOf } from '../address/output-script.ts'
import { hash160, sha256 } from '../primitives/hashes.ts'
import type { TransactionInput } from '../primitives/transaction.ts'
import { isPushOnly, ScriptReader } from '../script/script-reader.ts'

const COMPRESSED_KEY_BYTES = 33
const UNCOMPRESSED_KEY_BYTES = 65
/** Signature and key: what pay to witness public key hash takes. */
const KEY_HASH_WITNESS_ITEMS = 2

/** At most two scripts; none where nothing is shown. */
export function revealedScripts({ scriptSig, witness }: TransactionInput): readonly Uint8Array[] {
  if (scriptSig.length === 0) return witnessScripts(witness)
  if (!isPushOnly(scriptSig)) return []
  const last = lastPush(scriptSig)
  if (last.length === 0) return []
  const hash = hash160(last)
  const isKey = last.length === COMPRESSED_KEY_BYTES || last.length === UNCOMPRESSED_KEY_BYTES
  return [scriptOf({ type: 'p2sh', hash }), ...(isKey ? [scriptOf({ type: 'p2pkh', hash })] : [])]
}

function witnessScripts(witness: readonly Uint8Array[]): readonly Uint8Array[] {
  const last = witness.at(-1)
  if (last === undefined) return []
  const scripts = [scriptOf({ type: 'p2wsh', hash: sha256(last) })]
  if (witness.length === KEY_HASH_WITNESS_ITEMS && last.length === COMPRESSED_KEY_BYTES)
    scripts.push(scriptOf({ type: 'p2wpkh', hash: hash160(last) }))
  return scripts
}

function lastPush(script: Uint8Array): Uint8Array {
  const reader = new ScriptReader(script)
  while (reader.next());
  return reader.push
}

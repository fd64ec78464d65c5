/**
 * The output scripts that have an address, both ways: pay to public key hash, to script hash (BIP 16), and to a witness
 * program (BIP 141) of any version. Bare keys, bare multisig, data and anything else have none.
 */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'

/** Bytes of a public key hash or script hash. */
export const HASH160_BYTES = 20
/** Bytes of the script hash in pay to witness script hash. */
export const WITNESS_SCRIPT_HASH_BYTES = 32
export const MIN_PROGRAM_BYTES = 2
export const MAX_PROGRAM_BYTES = 40
export const MAX_WITNESS_VERSION = 16

/** What an address stands for. `hash`: 20 bytes, in `p2wsh` 32. `program`: 2 to 40 bytes, of version 1 to 16. */
export type Destination =
  | { readonly type: 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh'; readonly hash: Uint8Array }
  | { readonly type: 'witness'; readonly version: number; readonly program: Uint8Array }

/** A version (0 to 16) and 2 to 40 bytes, which the version gives a meaning. */
export interface WitnessProgram {
  readonly version: number
  readonly program: Uint8Array
}

/** OP_DUP OP_HASH160 push of 20 · OP_EQUALVERIFY OP_CHECKSIG. */
const P2PKH = { before: Uint8Array.of(0x76, 0xa9, HASH160_BYTES), after: Uint8Array.of(0x88, 0xac) }
/** OP_HASH160 push of 20 · OP_EQUAL. */
const P2SH = { before: Uint8Array.of(0xa9, HASH160_BYTES), after: Uint8Array.of(0x87) }
/** OP_1; OP_0 is 0, and OP_2 to OP_16 follow OP_1. */
const OP_1 = 0x51

/** The script that pays to `destination`. */
export function scriptOf(destination: Destination): Uint8Array {
  switch (destination.type) {
    case 'p2pkh':
      return concatBytes([P2PKH.before, destination.hash, P2PKH.after])
    case 'p2sh':
      return concatBytes([P2SH.before, destination.hash, P2SH.after])
    case 'p2wpkh':
    case 'p2wsh':
      return concatBytes([Uint8Array.of(0, destination.hash.length), destination.hash])
    case 'witness': {
      const { version, program } = destination
      return concatBytes([Uint8Array.of(OP_1 + version - 1, program.length), program])
    }
  }
}

/** The destination whose script this is; undefined where it has none. */
export function destinationOf(script: Uint8Array): Destination | undefined {
  const publicKeyHash = between(script, P2PKH)
  if (publicKeyHash) return { type: 'p2pkh', hash: publicKeyHash }
  const scriptHash = between(script, P2SH)
  if (scriptHash) return { type: 'p2sh', hash: scriptHash }
  const witness = witnessProgramOf(script)
  return witness && destinationOfProgram(witness)
}

/** The witness program of a script that is nothing but a version and one push of 2 to 40 bytes (BIP 141). */
export function witnessProgramOf(script: Uint8Array): WitnessProgram | undefined {
  const [opcode, length] = script
  if (opcode === undefined || length === undefined || length !== script.length - 2) return undefined
  if (length < MIN_PROGRAM_BYTES || length > MAX_PROGRAM_BYTES) return undefined
  const version = opcode === 0 ? 0 : opcode - OP_1 + 1
  if (opcode !== 0 && (version < 1 || version > MAX_WITNESS_VERSION)) return undefined
  return { version, program: script.subarray(2) }
}

/** What a witness program stands for; undefined for version 0 with any length but 20 and 32, which nobody can spend. */
export function destinationOfProgram({ version, program }: WitnessProgram): Destination | undefined {
  if (version > 0) return { type: 'witness', version, program }
  if (program.length === HASH160_BYTES) return { type: 'p2wpkh', hash: program }
  return program.length === WITNESS_SCRIPT_HASH_BYTES ? { type: 'p2wsh', hash: program } : undefined
}

function between(
  script: Uint8Array,
  { before, after }: { readonly before: Uint8Array; readonly after: Uint8Array },
): Uint8Array | undefined {
  const end = before.length + HASH160_BYTES
  const fits =
    script.length === end + after.length &&
    bytesEqual(script.subarray(0, before.length), before) &&
    bytesEqual(script.subarray(end), after)
  return fits ? script.subarray(before.length, end) : undefined
}

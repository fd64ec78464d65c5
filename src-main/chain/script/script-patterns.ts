/** The two forms of output script that change how an input is checked. */
import { Opcode } from './opcodes.ts'

const SCRIPT_HASH_BYTES = 20
const MIN_PROGRAM_BYTES = 2
const MAX_PROGRAM_BYTES = 40

/** BIP 141. */
export interface WitnessProgram {
  /** 0 to 16. */
  readonly version: number
  /** 2 to 40 bytes. */
  readonly program: Uint8Array
}

/** Exactly `HASH160 <20 bytes> EQUAL` (BIP 16). */
export function isPayToScriptHash(script: Uint8Array): boolean {
  return (
    script.length === SCRIPT_HASH_BYTES + 3 &&
    script[0] === Opcode.OP_HASH160 &&
    script[1] === SCRIPT_HASH_BYTES &&
    script[SCRIPT_HASH_BYTES + 2] === Opcode.OP_EQUAL
  )
}

/** Exactly a version opcode and a direct push of 2 to 40 bytes (BIP 141), or undefined. */
export function witnessProgramOf(script: Uint8Array): WitnessProgram | undefined {
  if (script.length < MIN_PROGRAM_BYTES + 2 || script.length > MAX_PROGRAM_BYTES + 2) return undefined
  const opcode = script[0] as number
  if (opcode !== Opcode.OP_0 && (opcode < Opcode.OP_1 || opcode > Opcode.OP_16)) return undefined
  if (script[1] !== script.length - 2) return undefined
  return { version: opcode === Opcode.OP_0 ? 0 : opcode - Opcode.OP_1 + 1, program: script.subarray(2) }
}

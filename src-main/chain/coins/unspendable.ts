import { MAX_SCRIPT_BYTES } from '../script/interpreter.ts'
import { Opcode } from '../script/opcodes.ts'

/** Whether no input can ever spend an output of this script: it never becomes a coin. */
export function isUnspendable(scriptPubKey: Uint8Array): boolean {
  return scriptPubKey[0] === Opcode.OP_RETURN || scriptPubKey.length > MAX_SCRIPT_BYTES
}

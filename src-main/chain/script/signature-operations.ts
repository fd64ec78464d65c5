/**
 * CHECKSIG and CHECKMULTISIG with their VERIFY forms.
 *
 * Outside witnesses a signature is taken out of the script that it signs (FindAndDelete), all of them before the first
 * is checked. CHECKMULTISIG takes one item more than it uses: a bug that is consensus (BIP 147 has it empty).
 */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import { Opcode } from './opcodes.ts'
import { ScriptError } from './script-error.ts'
import { ScriptFlag } from './script-flags.ts'
import type { ScriptMachine } from './script-machine.ts'
import { pushOf, ScriptReader } from './script-reader.ts'
import { checkPublicKeyEncoding, checkSignatureEncoding } from './signature-encoding.ts'

export const MAX_MULTISIG_KEYS = 20

/** CHECKSIG or CHECKSIGVERIFY. */
export function runCheckSignature(machine: ScriptMachine, opcode: number): void {
  machine.need(2)
  const publicKey = machine.pop()
  const signature = machine.pop()
  const { flags, version, checker } = machine.context
  const script = signedCode(machine, [signature])
  checkSignatureEncoding(signature, flags)
  checkPublicKeyEncoding(publicKey, flags, version)
  const good = checker.checkSignature(signature, publicKey, { script, version }, false)
  if (!good && machine.has(ScriptFlag.NULLFAIL) && signature.length > 0) throw new ScriptError('NULLFAIL')
  if (opcode === Opcode.OP_CHECKSIG) machine.pushBoolean(good)
  else if (!good) throw new ScriptError('CHECKSIGVERIFY')
}

/** CHECKMULTISIG or CHECKMULTISIGVERIFY. */
export function runCheckMultisig(machine: ScriptMachine, opcode: number): void {
  const keyCount = countAt(machine, 0, MAX_MULTISIG_KEYS, 'PUBKEY_COUNT')
  machine.countOperations(keyCount)
  machine.need(keyCount + 2)
  const signatureCount = countAt(machine, keyCount + 1, keyCount, 'SIG_COUNT')
  machine.need(keyCount + signatureCount + 2)
  const keys = itemsAt(machine, 1, keyCount)
  const signatures = itemsAt(machine, keyCount + 2, signatureCount)
  const good = checkSignatures(machine, signatures, keys)
  if (!good && machine.has(ScriptFlag.NULLFAIL) && signatures.some((signature) => signature.length > 0))
    throw new ScriptError('NULLFAIL')
  machine.stack.length -= keyCount + signatureCount + 2
  const extra = machine.pop()
  if (machine.has(ScriptFlag.NULLDUMMY) && extra.length > 0) throw new ScriptError('SIG_NULLDUMMY')
  if (opcode === Opcode.OP_CHECKMULTISIG) machine.pushBoolean(good)
  else if (!good) throw new ScriptError('CHECKMULTISIGVERIFY')
}

/** Signatures in the order of their keys, some of which may have none. */
function checkSignatures(
  machine: ScriptMachine,
  signatures: readonly Uint8Array[],
  keys: readonly Uint8Array[],
): boolean {
  const { flags, version, checker } = machine.context
  const code = { script: signedCode(machine, signatures), version }
  // Where every key must sign, an answer decides nothing but whether the whole is good.
  const decides = signatures.length < keys.length
  let key = 0
  let signature = 0
  while (signature < signatures.length) {
    if (signatures.length - signature > keys.length - key) return false
    const [bytes, publicKey] = [signatures[signature] as Uint8Array, keys[key] as Uint8Array]
    checkSignatureEncoding(bytes, flags)
    checkPublicKeyEncoding(publicKey, flags, version)
    if (checker.checkSignature(bytes, publicKey, code, decides)) signature++
    key++
  }
  return true
}

/** The number at `depth`, from 0 to `most`. */
function countAt(machine: ScriptMachine, depth: number, most: number, code: 'PUBKEY_COUNT' | 'SIG_COUNT'): number {
  const count = machine.peekNumber(depth)
  if (count < 0 || count > most) throw new ScriptError(code)
  return count
}

/** `count` items from `depth` on downwards. */
function itemsAt(machine: ScriptMachine, depth: number, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, i) => machine.peek(depth + i))
}

/** The script from the last CODESEPARATOR on; outside witnesses without the signatures. */
function signedCode(machine: ScriptMachine, signatures: readonly Uint8Array[]): Uint8Array {
  let code = machine.script.subarray(machine.codeStart)
  if (machine.context.version === 'witness') return code
  for (const signature of signatures) {
    const without = withoutPush(code, pushOf(signature))
    if (without !== code && machine.has(ScriptFlag.CONST_SCRIPTCODE)) throw new ScriptError('SIG_FINDANDDELETE')
    code = without
  }
  return code
}

/** FindAndDelete: `push` is taken out wherever it begins at an operation. The same array where it is nowhere. */
function withoutPush(script: Uint8Array, push: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = []
  let from = 0
  const reader = new ScriptReader(script)
  do {
    const at = reader.at
    while (standsAt(script, reader.at, push)) reader.at += push.length
    if (reader.at === at) continue
    kept.push(script.subarray(from, at))
    from = reader.at
  } while (reader.next())
  return kept.length === 0 ? script : concatBytes([...kept, script.subarray(from)])
}

function standsAt(script: Uint8Array, at: number, push: Uint8Array): boolean {
  return script[at] === push[0] && bytesEqual(script.subarray(at, at + push.length), push)
}

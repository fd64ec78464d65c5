/**
 * Reads a script one operation after the other. A push whose bytes go beyond the end breaks the script there; what came
 * before was read. Does not know what operations do, and has no limits: those are the interpreter's.
 */
import { MAX_DIRECT_PUSH, Opcode } from './opcodes.ts'

const EMPTY = new Uint8Array(0)

export class ScriptReader {
  readonly script: Uint8Array
  /** Offset of the next operation. */
  at = 0
  /** The operation that was read last. */
  opcode = 0
  /** What that operation pushes as a view of the script; empty unless it is one of 0x00 to 0x4e. */
  push: Uint8Array = EMPTY
  /** Whether the reading ended at a push beyond the end. */
  broken = false

  constructor(script: Uint8Array) {
    this.script = script
  }

  /** Reads the next operation; false at the end, and for good where the script is broken. */
  next(): boolean {
    const { script } = this
    if (this.broken || this.at >= script.length) return false
    const opcode = script[this.at] as number
    let from = this.at + 1
    let length = 0
    if (opcode <= MAX_DIRECT_PUSH) {
      length = opcode
    } else if (opcode <= Opcode.OP_PUSHDATA4) {
      const lengthBytes = 1 << (opcode - Opcode.OP_PUSHDATA1)
      if (from + lengthBytes > script.length) return this.#break()
      for (let i = lengthBytes - 1; i >= 0; i--) length = length * 256 + (script[from + i] as number)
      from += lengthBytes
    }
    if (length > script.length - from) return this.#break()
    this.opcode = opcode
    this.push = length === 0 ? EMPTY : script.subarray(from, from + length)
    this.at = from + length
    return true
  }

  #break(): false {
    this.broken = true
    return false
  }
}

/** Whether a script reads to its end and only pushes; OP_RESERVED counts as a push. */
export function isPushOnly(script: Uint8Array): boolean {
  const reader = new ScriptReader(script)
  while (reader.next()) if (reader.opcode > Opcode.OP_16) return false
  return !reader.broken
}

/** Whether the push that was read had no shorter form: by number opcodes, then by the shortest length field. */
export function isMinimalPush(opcode: number, data: Uint8Array): boolean {
  if (data.length === 0) return opcode === Opcode.OP_0
  if (data.length === 1) {
    const byte = data[0] as number
    if ((byte >= 1 && byte <= 16) || byte === 0x81) return false
  }
  if (data.length <= MAX_DIRECT_PUSH) return opcode === data.length
  if (data.length <= 0xff) return opcode === Opcode.OP_PUSHDATA1
  return data.length > 0xffff || opcode === Opcode.OP_PUSHDATA2
}

/** The operation that pushes `data`, by the shortest length field; numbers get no opcode of their own. */
export function pushOf(data: Uint8Array): Uint8Array {
  const { length } = data
  let head: number[]
  if (length <= MAX_DIRECT_PUSH) head = [length]
  else if (length <= 0xff) head = [Opcode.OP_PUSHDATA1, length]
  else if (length <= 0xffff) head = [Opcode.OP_PUSHDATA2, length & 0xff, length >>> 8]
  else head = [Opcode.OP_PUSHDATA4, length & 0xff, (length >>> 8) & 0xff, (length >>> 16) & 0xff, length >>> 24]
  const whole = new Uint8Array(head.length + length)
  whole.set(head)
  whole.set(data, head.length)
  return whole
}

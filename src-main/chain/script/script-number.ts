/**
 * Numbers of Script: little-endian, shortest first, the highest bit of the last byte is the sign; zero is empty.
 * Operands have at most 4 bytes (lock times 5); results may be longer and are then no operands again.
 */
import { ScriptError } from './script-error.ts'

/** Bytes of an operand of arithmetic: -(2^31 - 1) to 2^31 - 1. */
export const MAX_NUMBER_BYTES = 4
/** Bytes of an operand of CHECKLOCKTIMEVERIFY and CHECKSEQUENCEVERIFY (BIP 65, BIP 112). */
export const MAX_LOCK_TIME_BYTES = 5

const EMPTY = new Uint8Array(0)

export interface NumberForm {
  /** Whether a longer form than needed is refused (MINIMALDATA). */
  readonly minimal: boolean
  readonly maxBytes?: number
}

/** @throws ScriptError `SCRIPTNUM` */
export function decodeNumber(bytes: Uint8Array, { minimal, maxBytes = MAX_NUMBER_BYTES }: NumberForm): number {
  if (bytes.length > maxBytes || (minimal && !isShortest(bytes))) throw new ScriptError('SCRIPTNUM')
  if (bytes.length === 0) return 0
  let magnitude = 0
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i] as number
    magnitude = magnitude * 256 + (i === bytes.length - 1 ? byte & 0x7f : byte)
  }
  // Minus zero is zero.
  return magnitude !== 0 && ((bytes[bytes.length - 1] as number) & 0x80) !== 0 ? -magnitude : magnitude
}

/** The shortest form of a safe integer. */
export function encodeNumber(value: number): Uint8Array {
  if (value === 0) return EMPTY
  const bytes: number[] = []
  for (let left = Math.abs(value); left > 0; left = Math.floor(left / 256)) bytes.push(left % 256)
  const last = bytes[bytes.length - 1] as number
  if ((last & 0x80) !== 0) bytes.push(value < 0 ? 0x80 : 0)
  else if (value < 0) bytes[bytes.length - 1] = last | 0x80
  return Uint8Array.from(bytes)
}

/** False for nothing and for zero of either sign and any length. */
export function isTrue(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return !(i === bytes.length - 1 && bytes[i] === 0x80)
  return false
}

/** The last byte is needed: it holds bits, or only the sign because the byte before has its highest bit set. */
function isShortest(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true
  if (((bytes[bytes.length - 1] as number) & 0x7f) !== 0) return true
  return bytes.length > 1 && ((bytes[bytes.length - 2] as number) & 0x80) !== 0
}

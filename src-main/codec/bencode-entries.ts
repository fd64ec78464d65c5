/**
 * Entries of a dictionary, read one by one from their raw spans.
 *
 * For large bytes from outside of which few entries are wanted: nothing is built but what is asked for, so that ten
 * megabytes of junk in another entry, or a list where text belongs, cost no memory.
 */
import { decodeBencode } from './bencode.ts'
import { BencodeError } from './bencode-error.ts'
import { type BencodeFlags, type BencodeLimits, scanBencode } from './bencode-scan.ts'

export class BencodeEntries {
  readonly flags: BencodeFlags
  private readonly raws = new Map<string, Uint8Array>()

  /** Checks `bytes` whole and notes where the entries `keys` stand. @throws BencodeError; `WRONG_TYPE` where it is no dictionary */
  constructor(bytes: Uint8Array, keys: readonly string[], limits: BencodeLimits = {}) {
    const { flags, spans } = scanBencode(bytes, { ...limits, spansOf: keys })
    if (bytes[0] !== DICTIONARY) throw new BencodeError({ code: 'WRONG_TYPE', key: '', expected: 'a dictionary' })
    this.flags = flags
    for (const [key, { start, end }] of spans) this.raws.set(key, bytes.subarray(start, end))
  }

  has(key: string): boolean {
    return this.raws.has(key)
  }

  /** The entry as it stands there: a view. */
  raw(key: string): Uint8Array | undefined {
    return this.raws.get(key)
  }

  /** A byte string, or undefined where it is missing or something else. */
  findBytes(key: string): Uint8Array | undefined {
    return findByteString(this.raws.get(key))
  }

  /** An exact integer of any sign, or undefined where it is missing, something else, or beyond 2^53. */
  findInteger(key: string): number | undefined {
    const raw = this.raws.get(key)
    if (raw?.[0] !== INTEGER) return undefined
    const { value } = decodeBencode(raw)
    return typeof value === 'number' ? value : undefined
  }
}

/** The content of a raw value that is a byte string. */
export function findByteString(raw: Uint8Array | undefined): Uint8Array | undefined {
  const first = raw?.[0]
  if (raw === undefined || first === undefined || first < ZERO || first > NINE) return undefined
  return decodeBencode(raw).value as Uint8Array
}

const [DICTIONARY, INTEGER, ZERO, NINE] = [0x64, 0x69, 0x30, 0x39]

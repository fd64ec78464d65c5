/**
 * Bencoding to values and back (BEP 3).
 *
 * Decoding: the strict scanner reads the bytes once, and the values are built from what it reports. The npm package
 * `bencode` is not used for it: its decoder loses precision beyond 2^53, turns a key that is not UTF-8 into hexadecimal,
 * lets a key `__proto__` replace the result's prototype, and has no limits. Here integers beyond 2^53 are bigint, and
 * dictionaries are Maps, for which `__proto__` is a key like any other.
 *
 * Encoding: canonical, with keys in byte order. The package does it for values within its reach; values with a bigint or
 * a key outside ASCII, which it drops or writes wrongly, are written here.
 */
import bencode from 'bencode'
import { concatBytes, utf8 } from '../kernel/bytes.ts'
import {
  type BencodeEvents,
  type BencodeScan,
  byteText,
  MAX_BENCODE_DEPTH,
  type ScanOptions,
  scanBencode,
} from './bencode-scan.ts'

/** A number where it is exact (up to 2^53 - 1 either way), else a bigint. Byte strings are views of the bytes decoded. */
export type BencodeValue = number | bigint | Uint8Array | BencodeValue[] | BencodeMap

/** Keys hold one character for each byte (U+0000 to U+00FF), so that any byte string can be one. */
export type BencodeMap = Map<string, BencodeValue>

/** What can be encoded: text becomes UTF-8; an entry that is undefined is left out. Keys as in `BencodeMap`. */
export type BencodeInput =
  | number
  | bigint
  | string
  | Uint8Array
  | readonly BencodeInput[]
  | ReadonlyMap<string, BencodeInput>
  | { readonly [key: string]: BencodeInput | undefined }

/**
 * A decoded item takes some 170 bytes of memory: give `maxItems` what the message needs, or name the entries in `only`.
 */
export interface DecodeOptions extends ScanOptions {
  /** Builds only these entries of the outermost dictionary; the others are checked and left out. All when left out. */
  readonly only?: readonly string[]
}

export interface Decoded extends BencodeScan {
  readonly value: BencodeValue
}

/** The value of `bytes`, checked whole first. @throws BencodeError */
export function decodeBencode(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const builder = new Builder(bytes, options.only)
  const scan = scanBencode(bytes, options, builder)
  return { ...scan, value: builder.value }
}

/** Canonical bencoding of `value`. @throws RangeError on what bencoding cannot say: fractions, cycles, wide keys */
export function encodeBencode(value: BencodeInput): Uint8Array {
  return packageIsRight(value, 0) ? bencode.encode(value) : concatBytes([...encodedParts(value)])
}

/** Puts values together as the scanner reports them; needs no check of its own. */
class Builder implements BencodeEvents {
  value: BencodeValue = 0
  private readonly bytes: Uint8Array
  private readonly only: ReadonlySet<string> | undefined
  private readonly containers: (BencodeValue[] | BencodeMap)[] = []
  private readonly keys: string[] = []
  private skippedDepth = 0
  private skipsNext = false

  constructor(bytes: Uint8Array, only: readonly string[] | undefined) {
    this.bytes = bytes
    this.only = only && new Set(only)
  }

  integer(start: number, end: number): void {
    if (this.skips()) return
    const text = byteText(this.bytes.subarray(start, end))
    const number = Number(text)
    this.add(Number.isSafeInteger(number) ? number : BigInt(text))
  }

  byteString(start: number, end: number): void {
    if (!this.skips()) this.add(this.bytes.subarray(start, end))
  }

  key(start: number, end: number): void {
    if (this.skippedDepth > 0) return
    const key = byteText(this.bytes.subarray(start, end))
    if (this.containers.length === 1 && this.only !== undefined && !this.only.has(key)) this.skipsNext = true
    else this.keys.push(key)
  }

  open(kind: 'list' | 'dictionary'): void {
    if (this.skippedDepth > 0 || this.skipsNext) {
      this.skipsNext = false
      this.skippedDepth += 1
      return
    }
    const value = kind === 'list' ? [] : new Map<string, BencodeValue>()
    this.add(value)
    this.containers.push(value)
  }

  close(): void {
    if (this.skippedDepth > 0) this.skippedDepth -= 1
    else this.containers.pop()
  }

  /** Whether the scalar met now belongs to what is left out. */
  private skips(): boolean {
    const skips = this.skippedDepth > 0 || this.skipsNext
    this.skipsNext = false
    return skips
  }

  private add(value: BencodeValue): void {
    const parent = this.containers.at(-1)
    if (parent === undefined) this.value = value
    else if (parent instanceof Map) parent.set(this.keys.pop() as string, value)
    else parent.push(value)
  }
}

/** Checks `value` whole and says whether the package writes it correctly. */
function packageIsRight(value: BencodeInput, depth: number): boolean {
  if (depth > MAX_BENCODE_DEPTH) throw new RangeError('nested too deep to be bencoded')
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} cannot be bencoded`)
    return true
  }
  if (typeof value === 'bigint') return false
  if (typeof value === 'string' || value instanceof Uint8Array) return true
  let right = true
  if (isList(value)) {
    for (const item of value) right = packageIsRight(item, depth + 1) && right
    return right
  }
  for (const [key, item] of entriesOf(value)) {
    const widest = widestCharacter(key)
    if (widest > 0xff) throw new RangeError('a bencoded key has a character beyond U+00FF')
    right = packageIsRight(item, depth + 1) && widest < 0x80 && right
  }
  return right
}

function widestCharacter(text: string): number {
  let widest = 0
  for (let i = 0; i < text.length; i++) widest = Math.max(widest, text.charCodeAt(i))
  return widest
}

function* encodedParts(value: BencodeInput): Generator<Uint8Array> {
  if (typeof value === 'number' || typeof value === 'bigint') yield utf8(`i${BigInt(value)}e`)
  else if (typeof value === 'string') yield* encodedParts(utf8(value))
  else if (value instanceof Uint8Array) yield* [utf8(`${value.length}:`), value]
  else if (isList(value)) {
    yield utf8('l')
    for (const item of value) yield* encodedParts(item)
    yield utf8('e')
  } else {
    yield utf8('d')
    // Keys have one character for each byte, so the order of characters is the order of bytes.
    for (const [key, item] of entriesOf(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield* encodedParts(bytesOfText(key))
      yield* encodedParts(item)
    }
    yield utf8('e')
  }
}

function isList(value: BencodeInput): value is readonly BencodeInput[] {
  return Array.isArray(value)
}

type DictionaryInput = Exclude<BencodeInput, number | bigint | string | Uint8Array | readonly BencodeInput[]>

function entriesOf(dictionary: DictionaryInput): [string, BencodeInput][] {
  const entries = dictionary instanceof Map ? [...dictionary] : Object.entries(dictionary)
  return entries.filter(([, item]) => item !== undefined) as [string, BencodeInput][]
}

/** The bytes of a text with one character for each, the reverse of `byteText`. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

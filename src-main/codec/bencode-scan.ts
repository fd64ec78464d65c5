/**
 * Checks bencoded bytes from outside before anything else looks at them (BEP 3).
 *
 * Decides whether bytes are bencoding in its one strict form, and where top-level values stand. Builds no values and
 * allocates nothing by a declared length; does not recurse; takes time linear in the bytes.
 *
 * Refused: a length or integer with a leading zero, sign `+`, `-0`, an empty integer, more than 20 digits, a string that
 * is longer than what is there, a key that is not a byte string, trailing bytes, and a key twice in one dictionary
 * (programs disagree on which one counts, so such bytes mean different things to different readers).
 * Keys out of order are accepted and flagged: old programs made such torrents, and as the info-hash is taken over the
 * raw bytes they are not ambiguous.
 *
 * Limits: `maxDepth` open lists and dictionaries, `maxItems` values and keys, `maxBytes` in all.
 */
import { BencodeError, type BencodeSyntaxFault } from './bencode-error.ts'

export const MAX_BENCODE_DEPTH = 100
export const MAX_BENCODE_ITEMS = 3_000_000
/** Digits of an integer: enough for an unsigned 64-bit number. */
export const MAX_INTEGER_DIGITS = 20

export interface BencodeLimits {
  /** Open lists and dictionaries at any point; 100 when left out. */
  readonly maxDepth?: number
  /** Values and keys in all; 3,000,000 when left out. */
  readonly maxItems?: number
  /** Bytes that may be given; without limit when left out, for bytes whose count was bounded before. */
  readonly maxBytes?: number
}

export interface ScanOptions extends BencodeLimits {
  /** Lets bytes follow the value (BEP 9, BEP 10: a bencoded head, then raw bytes); `end` says where it ends. */
  readonly allowTrailing?: boolean
  /** Flags a key that is there twice instead of refusing it; the last one counts. */
  readonly allowDuplicateKeys?: boolean
  /** Keys of the outermost dictionary whose values' spans are wanted. */
  readonly spansOf?: readonly string[]
}

/** From `start` up to but not including `end`, in bytes. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

export interface BencodeFlags {
  readonly unsortedKeys: boolean
  readonly duplicateKeys: boolean
}

export interface BencodeScan {
  /** Where the value ends: the number of bytes given, unless trailing bytes are allowed. */
  readonly end: number
  readonly flags: BencodeFlags
  /** Raw spans of the values asked for, those that are there. */
  readonly spans: ReadonlyMap<string, ByteSpan>
}

/** Is told what the scanner meets, in order. Offsets are of the content: without the length of a string or the `i` and `e`. */
export interface BencodeEvents {
  integer(start: number, end: number): void
  byteString(start: number, end: number): void
  key(start: number, end: number): void
  open(kind: 'list' | 'dictionary'): void
  close(): void
}

/** Checks `bytes` whole. @throws BencodeError with the offset of what is wrong */
export function scanBencode(bytes: Uint8Array, options: ScanOptions = {}, events?: BencodeEvents): BencodeScan {
  return new Scanner(bytes, options, events).run()
}

/** Raw spans of the elements of a list that has been scanned. @throws BencodeError `WRONG_TYPE` where it is no list */
export function* elementSpans(list: Uint8Array, limits: BencodeLimits = {}): Generator<Uint8Array> {
  if (list[0] !== LIST) throw new BencodeError({ code: 'WRONG_TYPE', key: '', expected: 'a list' })
  for (let at = 1; at < list.length && list[at] !== END; ) {
    const rest = list.subarray(at)
    const { end } = scanBencode(rest, { ...limits, allowTrailing: true })
    yield rest.subarray(0, end)
    at += end
  }
}

/** One character for each byte, U+0000 to U+00FF: how dictionary keys are held. */
export function byteText(bytes: Uint8Array): string {
  let text = ''
  if (bytes.length <= SHORT_BYTES) {
    for (const byte of bytes) text += String.fromCharCode(byte)
    return text
  }
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

/** Most keys and integers: cheaper one by one. */
const SHORT_BYTES = 32

const [INTEGER, LIST, DICTIONARY, END, COLON, MINUS, ZERO, NINE] = [0x69, 0x6c, 0x64, 0x65, 0x3a, 0x2d, 0x30, 0x39]

/** An open list or dictionary. `keys` holds start and end of the content of each key so far. */
interface Frame {
  readonly dictionary: boolean
  awaitsValue: boolean
  readonly keys: number[]
  /** Every key so far; only once one was out of order, since keys in order cannot repeat. */
  seen: Set<string> | undefined
}

class Scanner {
  private at = 0
  private items = 0
  private readonly frames: Frame[] = []
  private readonly flags = { unsortedKeys: false, duplicateKeys: false }
  private readonly spans = new Map<string, ByteSpan>()
  private readonly wanted: ReadonlySet<string>
  /** A wanted key whose value has not ended yet. */
  private pending: { key: string; start: number } | undefined
  private readonly bytes: Uint8Array
  private readonly options: ScanOptions
  private readonly events: BencodeEvents | undefined
  private readonly maxDepth: number
  private readonly maxItems: number

  constructor(bytes: Uint8Array, options: ScanOptions, events: BencodeEvents | undefined) {
    this.bytes = bytes
    this.options = options
    this.events = events
    this.wanted = new Set(options.spansOf)
    this.maxDepth = options.maxDepth ?? MAX_BENCODE_DEPTH
    this.maxItems = options.maxItems ?? MAX_BENCODE_ITEMS
  }

  run(): BencodeScan {
    const { maxBytes = Number.POSITIVE_INFINITY, allowTrailing = false } = this.options
    if (this.bytes.length > maxBytes) throw new BencodeError({ code: 'TOO_LARGE', offset: maxBytes, limit: maxBytes })
    do this.step()
    while (this.frames.length > 0)
    if (this.at < this.bytes.length && !allowTrailing) this.fail('TRAILING_BYTES')
    return { end: this.at, flags: this.flags, spans: this.spans }
  }

  private step(): void {
    const frame = this.frames.at(-1)
    if (this.at >= this.bytes.length) this.fail('TRUNCATED')
    if (this.bytes[this.at] === END && frame !== undefined && !frame.awaitsValue) {
      this.close()
      return
    }
    this.items += 1
    if (this.items > this.maxItems) {
      throw new BencodeError({ code: 'TOO_MANY_ITEMS', offset: this.at, limit: this.maxItems })
    }
    if (frame?.dictionary && !frame.awaitsValue) {
      this.key(frame)
      return
    }
    if (frame !== undefined) frame.awaitsValue = false
    this.value()
  }

  private value(): void {
    const first = this.bytes[this.at]
    if (first === LIST || first === DICTIONARY) {
      this.open(first === DICTIONARY)
    } else if (first === INTEGER) {
      this.integer()
      this.ended()
    } else {
      const start = this.stringStart('BAD_TOKEN')
      this.events?.byteString(start, this.at)
      this.ended()
    }
  }

  private open(dictionary: boolean): void {
    if (this.frames.length >= this.maxDepth) {
      throw new BencodeError({ code: 'TOO_DEEP', offset: this.at, limit: this.maxDepth })
    }
    this.frames.push({ dictionary, awaitsValue: false, keys: [], seen: undefined })
    this.at += 1
    this.events?.open(dictionary ? 'dictionary' : 'list')
  }

  private close(): void {
    this.frames.pop()
    this.at += 1
    this.events?.close()
    this.ended()
  }

  /** A value has ended at `at`: notes its span when it is one that was asked for. */
  private ended(): void {
    if (this.pending === undefined || this.frames.length !== 1) return
    this.spans.set(this.pending.key, { start: this.pending.start, end: this.at })
    this.pending = undefined
  }

  private integer(): void {
    const start = this.at + 1
    const negative = this.bytes[start] === MINUS
    const first = negative ? start + 1 : start
    let end = first
    while (end - first <= MAX_INTEGER_DIGITS && isDigit(this.bytes[end])) end += 1
    if (end >= this.bytes.length) this.fail('TRUNCATED', this.bytes.length)
    const digits = end - first
    const zeroInFront = this.bytes[first] === ZERO && (digits > 1 || negative)
    if (this.bytes[end] !== END || digits === 0 || digits > MAX_INTEGER_DIGITS || zeroInFront) this.fail('BAD_INTEGER')
    this.at = end + 1
    this.events?.integer(start, end)
  }

  /** Passes a byte string and says where its content starts; `at` is then its end. */
  private stringStart(otherwise: 'BAD_TOKEN' | 'KEY_NOT_BYTES'): number {
    const start = this.at
    if (!isDigit(this.bytes[start])) this.fail(otherwise)
    let length = 0
    let end = start
    for (; isDigit(this.bytes[end]); end++) {
      length = length * 10 + ((this.bytes[end] as number) - ZERO)
      if (end > start && this.bytes[start] === ZERO) this.fail('BAD_LENGTH')
      if (length > this.bytes.length) this.fail('TRUNCATED')
    }
    if (end >= this.bytes.length) this.fail('TRUNCATED', end)
    if (this.bytes[end] !== COLON) this.fail('BAD_LENGTH')
    if (length > this.bytes.length - end - 1) this.fail('TRUNCATED')
    this.at = end + 1 + length
    return end + 1
  }

  private key(frame: Frame): void {
    const token = this.at
    const start = this.stringStart('KEY_NOT_BYTES')
    this.checkOrder(frame, token, start)
    frame.keys.push(start, this.at)
    frame.awaitsValue = true
    this.events?.key(start, this.at)
    if (this.frames.length === 1 && this.wanted.size > 0) {
      const key = byteText(this.bytes.subarray(start, this.at))
      if (this.wanted.has(key)) this.pending = { key, start: this.at }
    }
  }

  private checkOrder(frame: Frame, token: number, start: number): void {
    const order = this.orderOfLastKey(frame, start)
    if (order < 0 && frame.seen === undefined) return
    if (order > 0) this.flags.unsortedKeys = true
    frame.seen ??= this.textsOf(frame.keys)
    const text = byteText(this.bytes.subarray(start, this.at))
    if (frame.seen.has(text)) {
      if (!this.options.allowDuplicateKeys) this.fail('DUPLICATE_KEY', token)
      this.flags.duplicateKeys = true
    }
    frame.seen.add(text)
  }

  /** Compares the dictionary's last key with the one from `start` to `at`: negative when they are in order. */
  private orderOfLastKey({ keys }: Frame, start: number): number {
    if (keys.length === 0) return -1
    const lastStart = keys[keys.length - 2] as number
    const lastLength = (keys[keys.length - 1] as number) - lastStart
    const shared = Math.min(lastLength, this.at - start)
    for (let i = 0; i < shared; i++) {
      const difference = (this.bytes[lastStart + i] as number) - (this.bytes[start + i] as number)
      if (difference !== 0) return difference
    }
    return lastLength - (this.at - start)
  }

  private textsOf(keys: readonly number[]): Set<string> {
    const texts = new Set<string>()
    for (let i = 0; i < keys.length; i += 2) texts.add(byteText(this.bytes.subarray(keys[i], keys[i + 1])))
    return texts
  }

  private fail(code: FormFault, offset = this.at): never {
    throw new BencodeError({ code, offset })
  }
}

/** Faults that need no more facts than the offset. */
type FormFault = Exclude<BencodeSyntaxFault, { readonly limit: number }>['code']

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

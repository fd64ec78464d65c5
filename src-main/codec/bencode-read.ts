/**
 * Typed access to a decoded dictionary, so that no caller touches a raw value.
 *
 * Two readings of each entry: `integer`, `bytes`, … insist and throw a `BencodeError` that names the entry;
 * `findInteger`, `findBytes`, … answer undefined where the entry is missing, of another type or out of bounds.
 */
import { strictTextOf } from '../kernel/bytes.ts'
import { type BencodeMap, type BencodeValue, type Decoded, type DecodeOptions, decodeBencode } from './bencode.ts'
import { BencodeError } from './bencode-error.ts'

/** Inclusive bounds; 0 and the largest exact integer when left out. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

export interface BigBounds {
  readonly min: bigint
  readonly max: bigint
}

/** A length in bytes: exactly, or within bounds. */
export type LengthBounds = number | Bounds

export class BencodeDictionary {
  private readonly map: BencodeMap

  constructor(map: BencodeMap) {
    this.map = map
  }

  has(key: string): boolean {
    return this.map.has(key)
  }

  /** Keys with one character for each byte. */
  keys(): IterableIterator<string> {
    return this.map.keys()
  }

  get size(): number {
    return this.map.size
  }

  /** The raw value, for what has no type of its own. */
  value(key: string): BencodeValue | undefined {
    return this.map.get(key)
  }

  findInteger(key: string, bounds: Bounds = {}): number | undefined {
    const value = this.map.get(key)
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds
    return typeof value === 'number' && value >= min && value <= max ? value : undefined
  }

  integer(key: string, bounds: Bounds = {}): number {
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds
    return this.findInteger(key, bounds) ?? this.refuse(key, `an integer from ${min} to ${max}`, isInteger)
  }

  findBigInteger(key: string, { min, max }: BigBounds): bigint | undefined {
    const value = this.map.get(key)
    return isInteger(value) && value >= min && value <= max ? BigInt(value) : undefined
  }

  bigInteger(key: string, bounds: BigBounds): bigint {
    const expected = `an integer from ${bounds.min} to ${bounds.max}`
    return this.findBigInteger(key, bounds) ?? this.refuse(key, expected, isInteger)
  }

  /** A view of the bytes that were decoded. */
  findBytes(key: string, length: LengthBounds = {}): Uint8Array | undefined {
    return asBytes(this.map.get(key), length)
  }

  bytes(key: string, length: LengthBounds = {}): Uint8Array {
    const { min, max } = lengthBounds(length)
    const expected = min === max ? `a string of ${min} bytes` : `a string of ${min} to ${max} bytes`
    return this.findBytes(key, length) ?? this.refuse(key, expected, isBytes)
  }

  /** Text in UTF-8 without error; `length` counts bytes. */
  findText(key: string, length: LengthBounds = {}): string | undefined {
    return asText(this.map.get(key), length)
  }

  text(key: string, length: LengthBounds = {}): string {
    return this.findText(key, length) ?? this.refuse(key, 'UTF-8 text of the right length', isText)
  }

  findList(key: string): readonly BencodeValue[] | undefined {
    const value = this.map.get(key)
    return Array.isArray(value) ? value : undefined
  }

  list(key: string): readonly BencodeValue[] {
    return this.findList(key) ?? this.refuse(key, 'a list', Array.isArray)
  }

  findDictionary(key: string): BencodeDictionary | undefined {
    return asDictionary(this.map.get(key))
  }

  dictionary(key: string): BencodeDictionary {
    return this.findDictionary(key) ?? this.refuse(key, 'a dictionary', (value) => value instanceof Map)
  }

  private refuse(key: string, expected: string, isOfType: (value: BencodeValue) => boolean): never {
    const value = this.map.get(key)
    if (value === undefined) throw new BencodeError({ code: 'MISSING', key })
    throw new BencodeError({ code: isOfType(value) ? 'OUT_OF_RANGE' : 'WRONG_TYPE', key, expected })
  }
}

/** Decodes bytes that must hold a dictionary; `end` is where it ends, `flags` and `spans` as scanned. @throws BencodeError */
export function readDictionary(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Omit<Decoded, 'value'> & { readonly dictionary: BencodeDictionary } {
  const { value, ...scan } = decodeBencode(bytes, options)
  const dictionary = asDictionary(value)
  if (dictionary === undefined) throw new BencodeError({ code: 'WRONG_TYPE', key: '', expected: 'a dictionary' })
  return { ...scan, dictionary }
}

export function asDictionary(value: BencodeValue | undefined): BencodeDictionary | undefined {
  return value instanceof Map ? new BencodeDictionary(value) : undefined
}

export function asBytes(value: BencodeValue | undefined, length: LengthBounds = {}): Uint8Array | undefined {
  const { min, max } = lengthBounds(length)
  return value instanceof Uint8Array && value.length >= min && value.length <= max ? value : undefined
}

export function asText(value: BencodeValue | undefined, length: LengthBounds = {}): string | undefined {
  const bytes = asBytes(value, length)
  return bytes && strictTextOf(bytes)
}

function lengthBounds(length: LengthBounds): { min: number; max: number } {
  if (typeof length === 'number') return { min: length, max: length }
  return { min: length.min ?? 0, max: length.max ?? Number.MAX_SAFE_INTEGER }
}

function isInteger(value: BencodeValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isBytes(value: BencodeValue): value is Uint8Array {
  return value instanceof Uint8Array
}

function isText(value: BencodeValue): boolean {
  return asText(value) !== undefined
}

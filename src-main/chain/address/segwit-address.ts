/**
 * Witness programs as text: bech32 for version 0 (BIP 173), bech32m for the later ones (BIP 350). Text with one wrong
 * character is recognised, and the place of that character named.
 */
import { bech32, bech32m } from '@scure/base'
import { AddressError } from './address-error.ts'
import { MAX_PROGRAM_BYTES, MAX_WITNESS_VERSION, MIN_PROGRAM_BYTES, type WitnessProgram } from './output-script.ts'
import { wrongValueIn } from './wrong-character.ts'

/** BIP 173. */
export const MAX_BECH32_LENGTH = 90
const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const CHECKSUM_CHARACTERS = 6

/** The text for a witness program under a human-readable part in small letters. */
export function encodeSegwit(hrp: string, { version, program }: WitnessProgram): string {
  return codeOf(version).encode(hrp, [version, ...bech32.toWords(program)], MAX_BECH32_LENGTH)
}

/**
 * The witness program in a text that starts with `hrp` and "1", in either letter case.
 * @throws AddressError `TOO_LONG` | `MIXED_CASE` | `BAD_CHARACTER` | `WRONG_CHARACTER` | `BAD_CHECKSUM` | `BAD_WITNESS_PROGRAM`
 */
export function decodeSegwit(hrp: string, text: string): WitnessProgram {
  if (text.length > MAX_BECH32_LENGTH) throw new AddressError({ code: 'TOO_LONG', limit: MAX_BECH32_LENGTH })
  const small = text.toLowerCase()
  const data = small.slice(hrp.length + 1)
  for (const [at, character] of [...data].entries())
    if (!CHARACTERS.includes(character))
      throw new AddressError({ code: 'BAD_CHARACTER', position: hrp.length + 1 + at, character })
  if (text !== small && text !== text.toUpperCase()) throw new AddressError({ code: 'MIXED_CASE' })
  if (data.length <= CHECKSUM_CHARACTERS) throw new AddressError({ code: 'BAD_CHECKSUM' })
  const words = wordsOf(hrp, data)
  if (words) return programOf(words)
  const values = [...data].map((character) => CHARACTERS.indexOf(character))
  const position = wrongValueIn(hrp, values)
  if (position === undefined) throw new AddressError({ code: 'BAD_CHECKSUM' })
  const place = hrp.length + 1 + position
  throw new AddressError({ code: 'WRONG_CHARACTER', position: place, character: text[place] as string })
}

function codeOf(version: number): typeof bech32 {
  return version === 0 ? bech32 : bech32m
}

/** Values of the characters without the checksum, if that is right and of the kind that the first one, the version, asks for. */
function wordsOf(hrp: string, data: string): readonly number[] | undefined {
  const code = codeOf(CHARACTERS.indexOf(data[0] as string))
  return code.decodeUnsafe(`${hrp}1${data}`, MAX_BECH32_LENGTH)?.words
}

function programOf(words: readonly number[]): WitnessProgram {
  const [version, ...rest] = words
  // Undefined where bits are left over that make a byte or are not zero.
  const program = bech32.fromWordsUnsafe(rest)
  if (version === undefined || version > MAX_WITNESS_VERSION || !program || !isProgramLength(program.length))
    throw new AddressError({ code: 'BAD_WITNESS_PROGRAM' })
  return { version, program: Uint8Array.from(program) }
}

function isProgramLength(length: number): boolean {
  return length >= MIN_PROGRAM_BYTES && length <= MAX_PROGRAM_BYTES
}

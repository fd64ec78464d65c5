/**
 * What is sealed, as bytes: form 1 · language · length of the entropy · entropy · birthday 8 · length of the passphrase 2 ·
 * passphrase · zeros to a multiple of 256, so that the size says nothing of the passphrase but whether it is very long.
 * Numbers are big-endian.
 */
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { strictTextOf, utf8 } from '../../kernel/bytes.ts'

/** Whoever knows this has the coins. */
export interface WalletSecret {
  /** 16, 20, 24, 28 or 32 bytes. */
  readonly entropy: Uint8Array
  readonly language: WordLanguage
  /** BIP 39's, often empty. */
  readonly passphrase: string
  /** Seconds since 1970 before which nothing can have been paid to it. */
  readonly birthday: number | undefined
}

const FORM = 1
const PADDING = 256
const FIXED_BYTES = 1 + 1 + 1 + 8 + 2
const NO_BIRTHDAY = 0xffff_ffff_ffff_ffffn
const ENTROPY_SIZES = [16, 20, 24, 28, 32]

/** By their number in the form; new ones go to the end. */
const LANGUAGES: readonly WordLanguage[] = [
  'english',
  'czech',
  'french',
  'italian',
  'japanese',
  'korean',
  'portuguese',
  'simplified-chinese',
  'spanish',
  'traditional-chinese',
]

/** The caller's to wipe. */
export function encodeSecret({ entropy, language, passphrase, birthday }: WalletSecret): Uint8Array {
  const text = utf8(passphrase)
  const size = FIXED_BYTES + entropy.length + text.length
  const bytes = new Uint8Array(Math.ceil(size / PADDING) * PADDING)
  const view = new DataView(bytes.buffer)
  bytes.set([FORM, LANGUAGES.indexOf(language), entropy.length])
  bytes.set(entropy, 3)
  const at = 3 + entropy.length
  view.setBigUint64(at, birthday === undefined ? NO_BIRTHDAY : BigInt(Math.floor(birthday)))
  view.setUint16(at + 8, text.length)
  bytes.set(text, at + 10)
  text.fill(0)
  return bytes
}

/** Undefined where the bytes have another form. */
export function decodeSecret(bytes: Uint8Array): WalletSecret | undefined {
  const [form, place, size] = bytes
  const language = LANGUAGES[place as number]
  if (form !== FORM || language === undefined || size === undefined || !ENTROPY_SIZES.includes(size)) return undefined
  if (bytes.length < FIXED_BYTES + size) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const at = 3 + size
  const birthday = view.getBigUint64(at)
  const end = at + 10 + view.getUint16(at + 8)
  if (end > bytes.length) return undefined
  const passphrase = strictTextOf(bytes.subarray(at + 10, end))
  if (passphrase === undefined) return undefined
  return {
    entropy: bytes.slice(3, at),
    language,
    passphrase,
    birthday: birthday === NO_BIRTHDAY ? undefined : Number(birthday),
  }
}

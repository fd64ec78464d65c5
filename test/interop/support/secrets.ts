/** The secrets of a wallet in every form in which a program might have left them, and the search for them. */
import { HDKey } from '@scure/bip32'
import { mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

/** What is looked for: bytes, and what they are, for the message. */
export interface Needle {
  readonly what: string
  readonly bytes: Buffer
}

/** Keys of this many addresses of each chain. */
const ADDRESSES = 2
/** A few of their places: a search through all memory takes its time with each. */
const WORDS_AT = [0, 4, 9]
/** Words stand beside each other in a text or in a list; single ones are words of any language. */
const WORDS_TOGETHER = 3
const SEPARATORS = [' ', ',', '","', "','", '\n']

/** Of a wallet of the local network without a passphrase. */
export function secretsOf(words: string, passwords: readonly string[]): Needle[] {
  const list = words.split(' ')
  const sequences = WORDS_AT.flatMap((at) => {
    const some = list.slice(at, at + WORDS_TOGETHER)
    return SEPARATORS.flatMap((separator) => textNeedles(`words from ${at + 1}`, some.join(separator)))
  })
  const seed = mnemonicToSeedSync(words)
  return [
    ...passwords.flatMap((password, at) => encodedNeedles(`password ${at + 1}`, Buffer.from(password))),
    ...passwords.flatMap((password, at) => textNeedles(`password ${at + 1}`, password)),
    ...sequences,
    ...encodedNeedles('entropy', Buffer.from(mnemonicToEntropy(words, wordlist))),
    ...encodedNeedles('seed', Buffer.from(seed)),
    ...keysOf(seed).flatMap(({ what, key }) => [
      ...encodedNeedles(what, Buffer.from(key.privateKey as Uint8Array)),
      ...textNeedles(`${what}, extended`, key.privateExtendedKey),
    ]),
  ]
}

/** Raw, as hexadecimal, and as base64 at each of its three places. */
export function encodedNeedles(what: string, bytes: Buffer): Needle[] {
  const base64 = [0, 1, 2].map((place) => {
    const text = Buffer.concat([Buffer.alloc(place), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The characters at both ends depend on what stands beside it.
    return text.slice(Math.ceil((place * 4) / 3), -1)
  })
  const hex = bytes.toString('hex')
  return [
    { what, bytes },
    ...[hex, hex.toUpperCase()].flatMap((text) => textNeedles(`${what} in hexadecimal`, text)),
    ...base64.flatMap((text) => textNeedles(`${what} in base64`, text)),
  ]
}

/** As V8 keeps texts: a byte a character, or two. */
export function textNeedles(what: string, text: string): Needle[] {
  return [
    { what, bytes: Buffer.from(text, 'utf8') },
    { what: `${what}, two bytes a letter`, bytes: Buffer.from(text, 'utf16le') },
  ]
}

/** What is found, without repetition. */
export function found(needles: readonly Needle[], haystack: Iterable<Uint8Array>): string[] {
  const hits = new Set<string>()
  for (const part of haystack) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    for (const { what, bytes: needle } of needles) if (!hits.has(what) && bytes.includes(needle)) hits.add(what)
  }
  return [...hits].sort()
}

function keysOf(seed: Uint8Array): { what: string; key: HDKey }[] {
  const versions = { public: 0x043587cf, private: 0x04358394 }
  const master = HDKey.fromMasterSeed(seed, versions)
  const paths = ['m', "m/84'", "m/84'/1'", "m/84'/1'/0'"]
  for (const chain of [0, 1]) {
    paths.push(`m/84'/1'/0'/${chain}`)
    for (let index = 0; index < ADDRESSES; index++) paths.push(`m/84'/1'/0'/${chain}/${index}`)
  }
  return paths.map((path) => ({ what: `key ${path}`, key: master.derive(path) }))
}

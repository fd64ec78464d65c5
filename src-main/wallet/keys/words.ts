/**
 * A wallet as words (BIP 39): made, read, and looked at while they are typed. Twelve or 24 are made; 12, 15, 18, 21 and 24
 * are read, in any of the lists, which is found by the words. What is wrong is told by the place of the word, never by the
 * word itself.
 */
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39'
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { plainWord, type WordList, wordListOf, wordLists } from './word-lists.ts'

export const WORD_COUNTS: readonly number[] = [12, 15, 18, 21, 24]
export const MAX_SUGGESTIONS = 8
/** 32 bits of entropy for each three words. */
export const ENTROPY_BYTES = { 12: 16, 24: 32 } as const
const MAX_WORDS = 24

/** Positions count from 1; `more`: unknown words behind it. */
export type BadWords =
  | { readonly what: 'count'; readonly count: number }
  | { readonly what: 'unknown'; readonly position: number; readonly more: number }
  | { readonly what: 'checksum' }

export interface ReadWords {
  /** 16, 20, 24, 28 or 32 bytes, the caller's to wipe. */
  readonly entropy: Uint8Array
  readonly language: WordLanguage
}

/** What can be said of words while they are typed; as `check` of the vault's channel. */
export interface WordsCheck {
  readonly count: number
  readonly unknown: number[]
  readonly checksum: 'right' | 'wrong' | 'incomplete'
  readonly language?: WordLanguage
  readonly suggestions: string[]
}

/** The words of 16 to 32 bytes, as they are shown (composed letters). */
export function wordsOf(entropy: Uint8Array, language: WordLanguage): string[] {
  return splitWords(entropyToMnemonic(entropy, wordListOf(language).words)).map((word) => word.normalize('NFC'))
}

/** The seed of BIP 32, 64 bytes, the caller's to wipe. The passphrase may be empty. Takes tens of milliseconds. */
export function seedOf({ entropy, language }: ReadWords, passphrase: string): Uint8Array {
  return mnemonicToSeedSync(entropyToMnemonic(entropy, wordListOf(language).words), passphrase)
}

/** The entropy of words that somebody typed, or what is wrong with them. */
export function readWords(text: string): ReadWords | { readonly wrong: BadWords } {
  const words = splitWords(text)
  if (!WORD_COUNTS.includes(words.length)) return { wrong: { what: 'count', count: words.length } }
  for (const list of wordLists) {
    const entropy = entropyOf(words, list)
    if (entropy) return { entropy, language: list.language }
  }
  const unknown = unknownIn(words, likelyList(words) ?? (wordLists[0] as WordList))
  const [position] = unknown
  return {
    wrong: position === undefined ? { what: 'checksum' } : { what: 'unknown', position, more: unknown.length - 1 },
  }
}

/** @param language looks in its list alone */
export function checkWords(text: string, language?: WordLanguage): WordsCheck {
  const words = splitWords(text)
  const isTyping = words.length > 0 && !/\s$/.test(text)
  const typed = isTyping ? (words.at(-1) as string) : undefined
  const list = language ? wordListOf(language) : likelyList(words)
  const suggestions = typed === undefined ? [] : suggestionsFor(typed, list)
  const mayBecomeOne = suggestions.length > 0
  const unknown = list ? unknownIn(words, list) : words.map((_, place) => place + 1)
  const said = unknown.filter((position) => !(mayBecomeOne && position === words.length))
  return {
    count: words.length,
    unknown: said.slice(0, MAX_WORDS).filter((position) => position <= MAX_WORDS),
    checksum: checksumOf(words, language ? [wordListOf(language)] : wordLists, unknown.length > 0),
    ...(list && { language: list.language }),
    suggestions,
  }
}

/** Words of a text, in their plain form. A space of any kind is between them. */
export function splitWords(text: string): string[] {
  return plainWord(text)
    .split(/\s+/u)
    .filter((word) => word !== '')
}

function suggestionsFor(typed: string, list: WordList | undefined): string[] {
  const lists = list ? [list] : wordLists
  const found = new Set<string>()
  for (const { words } of lists.map((each) => ({ words: each.beginningWith(typed, MAX_SUGGESTIONS + 1) })))
    for (const word of words) if (plainWord(word) !== typed) found.add(word.normalize('NFC'))
  return [...found].slice(0, MAX_SUGGESTIONS)
}

/** The list that has most of the words, the earlier of equals; undefined where none has any. */
function likelyList(words: readonly string[]): WordList | undefined {
  let best: WordList | undefined
  let most = 0
  for (const list of wordLists) {
    const known = words.length - unknownIn(words, list).length
    if (known > most) {
      most = known
      best = list
    }
  }
  return best
}

function unknownIn(words: readonly string[], list: WordList): number[] {
  return words.flatMap((word, place) => (list.indexOf(word) === undefined ? [place + 1] : []))
}

function checksumOf(words: readonly string[], lists: readonly WordList[], hasUnknown: boolean): WordsCheck['checksum'] {
  if (!WORD_COUNTS.includes(words.length) || hasUnknown) return 'incomplete'
  for (const list of lists) {
    const entropy = entropyOf(words, list)
    if (!entropy) continue
    entropy.fill(0)
    return 'right'
  }
  return 'wrong'
}

/** Undefined where a word is not in the list or the checksum is wrong. */
function entropyOf(words: readonly string[], list: WordList): Uint8Array | undefined {
  const indexes = words.map((word) => list.indexOf(word))
  if (indexes.includes(undefined)) return undefined
  try {
    return mnemonicToEntropy(indexes.map((index) => list.words[index as number]).join(' '), list.words)
  } catch {
    return undefined
  }
}

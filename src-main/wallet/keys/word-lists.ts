/**
 * The word lists of BIP 39. A word is looked up in its decomposed form (NFKD), in small letters; where the letters of a
 * list have accents, also without them, for no two of its words differ in nothing else.
 */
import { wordlist as czech } from '@scure/bip39/wordlists/czech.js'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import { wordlist as italian } from '@scure/bip39/wordlists/italian.js'
import { wordlist as japanese } from '@scure/bip39/wordlists/japanese.js'
import { wordlist as korean } from '@scure/bip39/wordlists/korean.js'
import { wordlist as portuguese } from '@scure/bip39/wordlists/portuguese.js'
import { wordlist as simplifiedChinese } from '@scure/bip39/wordlists/simplified-chinese.js'
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js'
import { wordlist as traditionalChinese } from '@scure/bip39/wordlists/traditional-chinese.js'
import type { WordLanguage } from '#shared/contract/vault-channel.ts'

/** Accents of Latin letters; the marks of Japanese letters are others and stay. */
const ACCENTS = /[\u0300-\u036f]/g

export class WordList {
  readonly language: WordLanguage
  /** 2,048, as the package has them. */
  readonly words: string[]
  #indexes: Map<string, number> | undefined

  constructor(language: WordLanguage, words: string[]) {
    this.language = language
    this.words = words
  }

  /** The place of a word in its plain form (`plainWord`). */
  indexOf(plain: string): number | undefined {
    this.#indexes ??= indexesOf(this.words)
    return this.#indexes.get(plain)
  }

  /** Words that begin so, accents left aside, in the order of the list; at most `limit`. */
  beginningWith(plain: string, limit: number): string[] {
    const wanted = withoutAccents(plain)
    return this.words.filter((word) => withoutAccents(plainWord(word)).startsWith(wanted)).slice(0, limit)
  }
}

/** In the order in which a language is guessed. */
export const wordLists: readonly WordList[] = [
  new WordList('english', english),
  new WordList('czech', czech),
  new WordList('french', french),
  new WordList('italian', italian),
  new WordList('japanese', japanese),
  new WordList('korean', korean),
  new WordList('portuguese', portuguese),
  new WordList('simplified-chinese', simplifiedChinese),
  new WordList('spanish', spanish),
  new WordList('traditional-chinese', traditionalChinese),
]

export function wordListOf(language: WordLanguage): WordList {
  return wordLists.find((list) => list.language === language) as WordList
}

/** As words are compared. */
export function plainWord(word: string): string {
  return word.normalize('NFKD').toLowerCase()
}

function withoutAccents(plain: string): string {
  return plain.replace(ACCENTS, '')
}

function indexesOf(words: readonly string[]): Map<string, number> {
  const indexes = new Map<string, number>()
  words.forEach((word, index) => {
    indexes.set(withoutAccents(plainWord(word)), index)
  })
  words.forEach((word, index) => {
    indexes.set(plainWord(word), index)
  })
  return indexes
}

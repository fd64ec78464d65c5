import { HDKey } from '@scure/bip32'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type WordLanguage, wordLanguage } from '#shared/contract/vault-channel.ts'
import { vectorJson } from '../../chain/test-support/vectors.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { plainWord, wordLists } from './word-lists.ts'
import { checkWords, MAX_SUGGESTIONS, readWords, seedOf, splitWords, wordsOf } from './words.ts'

type Case = readonly [entropy: string, words: string, seed: string, extendedKey: string]
const vectors = vectorJson<Readonly<Record<string, readonly Case[]>>>('bips/bip39_trezor.json')
const casesOf = (language: WordLanguage): readonly Case[] => {
  const [script, chinese] = language.split('-')
  const cases = vectors[chinese ? `${chinese}_${script}` : language]
  if (!cases) throw new Error(`no vectors of ${language}`)
  return cases
}
const ABANDON = `${'abandon '.repeat(11)}about`
const runs = process.env.SHOAL_LONG === '1' ? 2_000 : 100

describe.each(wordLanguage.options)('%s', (language) => {
  test('the 24 cases of BIP 39: words, seed and master key', () => {
    expect(casesOf(language)).toHaveLength(24)
    for (const [hex, text, seedHex, extendedKey] of casesOf(language)) {
      const entropy = fromHex(hex)
      expect(wordsOf(entropy, language).map(plainWord)).toEqual(splitWords(text))
      const read = readWords(text)
      if ('wrong' in read) throw new Error('not read')
      // Both Chinese lists begin with the same word: the seed is that of the words, in whichever list they are found.
      if (read.language === language) expect(toHex(read.entropy)).toBe(hex)
      else expect(toHex(seedOf(read, 'TREZOR'))).toBe(seedHex)
      const seed = seedOf({ entropy, language }, 'TREZOR')
      expect(toHex(seed)).toBe(seedHex)
      expect(HDKey.fromMasterSeed(seed).privateExtendedKey).toBe(extendedKey)
    }
  })

  test('a list has 2,048 words, each of them found in every way it is written', () => {
    const list = wordLists.find((each) => each.language === language)
    if (!list) throw new Error('no list')
    expect(new Set(list.words).size).toBe(2_048)
    list.words.forEach((word, index) => {
      for (const written of [word, word.normalize('NFC'), word.normalize('NFKD'), word.toUpperCase()])
        expect(list.indexOf(plainWord(written)), written).toBe(index)
      // Accents may be left out.
      expect(list.indexOf(plainWord(word).replace(/[\u0300-\u036f]/g, '')), word).toBe(index)
    })
  })

  test('what is made is read again', () => {
    const sizes = fc
      .constantFrom(16, 20, 24, 28, 32)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
    fc.assert(
      fc.property(sizes, (entropy) => {
        const read = readWords(wordsOf(entropy, language).join('  '))
        if ('wrong' in read) throw new Error('not read')
        expect(toHex(read.entropy)).toBe(toHex(entropy))
        // Lists share words: the seed is that of the words in either.
        if (read.language !== language) expect(seedOf(read, 'x')).toEqual(seedOf({ entropy, language }, 'x'))
      }),
      { seed: 39, numRuns: runs },
    )
  })
})

describe('words that are not right', () => {
  test.each([
    ['none', '  ', { what: 'count', count: 0 }],
    ['one too few', 'abandon '.repeat(11), { what: 'count', count: 11 }],
    ['one too many', `${ABANDON} about`, { what: 'count', count: 13 }],
    ['an unknown one', `abandon abandn ${'abandon '.repeat(9)}about`, { what: 'unknown', position: 2, more: 0 }],
    ['two unknown ones', `x abandon y ${'abandon '.repeat(8)}about`, { what: 'unknown', position: 1, more: 1 }],
    ['all unknown', 'q '.repeat(12), { what: 'unknown', position: 1, more: 11 }],
    ['two lists', `${'zoo '.repeat(11)}abaisser`, { what: 'unknown', position: 12, more: 0 }],
    ['a wrong checksum', 'abandon '.repeat(12), { what: 'checksum' }],
  ])('%s', (_, text, wrong) => {
    expect(readWords(text)).toEqual({ wrong })
  })
})

describe('looking at words while they are typed', () => {
  test('the last one is not unknown while it may become a word', () => {
    expect(checkWords('abandon aban')).toEqual({
      count: 2,
      unknown: [],
      checksum: 'incomplete',
      language: 'english',
      suggestions: ['abandon'],
    })
    expect(checkWords('abandon aban ')).toMatchObject({ unknown: [2], suggestions: [] })
    expect(checkWords('abandon abanx')).toMatchObject({ unknown: [2], suggestions: [] })
  })

  test('no more than eight suggestions, of the language that the others are in', () => {
    const { suggestions } = checkWords('abandon a')
    expect(suggestions).toHaveLength(MAX_SUGGESTIONS)
    expect(suggestions[0]).toBe('abandon')
    expect(checkWords('abaisser a').suggestions[0]).toBe('abaisser')
    expect(checkWords('あいこくしん あい').language).toBe('japanese')
    expect(checkWords('z', 'spanish').suggestions[0]).toBe('zafiro')
  })

  test('accents and capitals may be left out', () => {
    expect(checkWords('ABEJA ARBOL', 'spanish')).toMatchObject({ unknown: [], language: 'spanish' })
    expect(checkWords('abeja arb', 'spanish').suggestions).toContain('árbol'.normalize('NFC'))
  })

  test('a word that is whole suggests only what goes on from it', () => {
    expect(checkWords('abandon act').suggestions).toEqual(['action', 'actor', 'actress', 'actual'])
  })

  test('the checksum is said when the number is right', () => {
    expect(checkWords(ABANDON)).toMatchObject({ count: 12, unknown: [], checksum: 'right', language: 'english' })
    expect(checkWords('abandon '.repeat(12))).toMatchObject({ checksum: 'wrong' })
    expect(checkWords(ABANDON, 'french')).toMatchObject({ checksum: 'incomplete', language: 'french' })
  })

  test('nothing and too much', () => {
    expect(checkWords('')).toEqual({ count: 0, unknown: [], checksum: 'incomplete', suggestions: [] })
    const many = checkWords('qqq '.repeat(400))
    expect(many.count).toBe(400)
    expect(many.unknown).toHaveLength(24)
  })
})

/**
 * A corpus of malformed and hostile torrents, made here. Those that are refused name the code of their fault; those that
 * are accepted name the paths that they must come down to.
 */
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { concatBytes, fromHex, utf8 } from '../../kernel/bytes.ts'
import { MetainfoError, type MetainfoFault } from './metainfo-error.ts'
import { MAX_FILES, MAX_TORRENT_FILE_BYTES, parseMetainfo } from './parse.ts'

type Info = Readonly<Record<string, BencodeInput | undefined>>

const good: Info = { length: 5, name: 'a.txt', 'piece length': 16, pieces: new Uint8Array(20) }
const withInfo = (info: BencodeInput) => encodeBencode({ info })
/** A good single-file torrent with some entries changed; undefined removes one. */
const changed = (changes: Info) => withInfo({ ...good, ...changes })
/** A good multi-file torrent of 5 bytes with this list of files. */
const listing = (files: BencodeInput) => changed({ length: undefined, files })
const file = (changes: Info) => listing([{ length: 5, path: ['a'], ...changes }])
/** The text with `info` put together by hand. */
const raw = (info: string) => utf8(`d4:info${info}e`)
const goodText = 'd6:lengthi5e4:name1:a12:piece lengthi16e6:pieces20:aaaaaaaaaaaaaaaaaaaae'
const replaced = (from: string, to: string) => raw(goodText.replace(from, to))

const notBencoded: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', utf8('')],
  ['a web page', utf8('<!DOCTYPE html><html></html>')],
  ['zeros', new Uint8Array(1_000)],
  ['a gzip file', fromHex('1f8b0800000000000003')],
  ['a byte order mark in front', concatBytes([fromHex('efbbbf'), raw(goodText)])],
  ['a line break behind', concatBytes([raw(goodText), utf8('\n')])],
  ['two torrents', concatBytes([raw(goodText), raw(goodText)])],
  ['cut in the middle', raw(goodText).subarray(0, 40)],
  ['cut before the last byte', raw(goodText).subarray(0, -1)],
  ['a negative string length', utf8('d4:infol-3:ee')],
  ['the five bytes that hang a decoder', utf8('l-3:e')],
  ['a string length of 4 GiB', replaced('1:a', '4294967296:a')],
  ['a string length beyond 2^64', replaced('1:a', '99999999999999999999999:a')],
  ['a string length one too large', replaced('20:', '22:')],
  ['a zero in front of a length', replaced('1:a', '01:a')],
  ['a sign in front of a length', replaced('1:a', '+1:a')],
  ['an integer with a zero in front', replaced('i5e', 'i05e')],
  ['minus zero', replaced('i5e', 'i-0e')],
  ['a plus sign', replaced('i5e', 'i+5e')],
  ['a fraction', replaced('i5e', 'i5.0e')],
  ['an exponent', replaced('i16e', 'i1x9e')],
  ['an empty integer', replaced('i5e', 'ie')],
  ['a lone minus', replaced('i5e', 'i-e')],
  ['an integer of 21 digits', replaced('i5e', 'i111111111111111111111e')],
  ['an integer of a million digits', replaced('i5e', `i${'1'.repeat(1_000_000)}e`)],
  ['an integer without end', utf8(`d4:infod6:lengthi${'1'.repeat(15)}`)],
  ['200,000 nested lists', utf8('l'.repeat(200_000))],
  ['200,000 nested lists that are closed', replaced('1:a', `${'l'.repeat(200_000)}${'e'.repeat(200_000)}`)],
  ['101 nested dictionaries', utf8('d1:a'.repeat(101))],
  ['five million items', utf8(`d1:xl${'le'.repeat(4_990_000)}ee`)],
  ['an integer as key', raw('di1e1:ae')],
  ['a list as key', raw('dle1:ae')],
  ['a key without value', raw('d4:namee')],
  ['a key twice in info', replaced('4:name1:a', '4:name1:a4:name1:b')],
  ['a key twice, apart', raw(`d4:name1:b${goodText.slice(1)}`)],
  ['info twice', utf8(`d4:info${goodText}4:info${goodText}e`)],
  ['info twice, apart', utf8(`d4:info${goodText}1:a0:4:info${goodText}e`)],
  ['an end too many', concatBytes([raw(goodText), utf8('e')])],
]

const refused: readonly (readonly [string, Uint8Array, MetainfoFault['code']])[] = [
  ['an integer alone', utf8('i1e'), 'NOT_A_TORRENT'],
  ['a string alone', utf8('4:info'), 'NOT_A_TORRENT'],
  ['a list', utf8(`l4:info${goodText}e`), 'NOT_A_TORRENT'],
  ['an empty dictionary', utf8('de'), 'NO_INFO'],
  ['a tracker reply', encodeBencode({ interval: 1_800, peers: '' }), 'NO_INFO'],
  ['info one level down', encodeBencode({ a: { info: good } }), 'NO_INFO'],
  ['info in capitals', encodeBencode({ INFO: good }), 'NO_INFO'],
  ['info as a list', encodeBencode({ info: [good] }), 'NO_INFO'],
  ['info as a string', encodeBencode({ info: encodeBencode(good) }), 'NO_INFO'],
  ['info as a number', encodeBencode({ info: 1 }), 'NO_INFO'],
  ['an empty info', withInfo({}), 'BAD_NAME'],
  ['over 10 MB', concatBytes([raw(goodText), new Uint8Array(MAX_TORRENT_FILE_BYTES)]), 'TOO_LARGE'],
  ['version 2 only', withInfo({ 'file tree': {}, 'meta version': 2, name: 'a', 'piece length': 16_384 }), 'V2_ONLY'],
  ['version 2 without a name', withInfo({ 'meta version': 2 }), 'V2_ONLY'],

  ['no name', changed({ name: undefined }), 'BAD_NAME'],
  ['a name that is a number', changed({ name: 5 }), 'BAD_NAME'],
  ['a name that is a list', changed({ name: ['a'] }), 'BAD_NAME'],
  ['a name that is a dictionary', changed({ name: { a: 'b' } }), 'BAD_NAME'],

  ['no piece length', changed({ 'piece length': undefined }), 'BAD_PIECE_LENGTH'],
  ['piece length 0', changed({ 'piece length': 0 }), 'BAD_PIECE_LENGTH'],
  ['a negative piece length', changed({ 'piece length': -16_384 }), 'BAD_PIECE_LENGTH'],
  ['a piece length over 256 MiB', changed({ 'piece length': 2 ** 28 + 1 }), 'BAD_PIECE_LENGTH'],
  ['a piece length of 2^32', changed({ 'piece length': 2 ** 32 }), 'BAD_PIECE_LENGTH'],
  ['a piece length beyond 2^63', changed({ 'piece length': 2n ** 63n }), 'BAD_PIECE_LENGTH'],
  ['a piece length in text', changed({ 'piece length': '16384' }), 'BAD_PIECE_LENGTH'],

  ['no pieces', changed({ pieces: undefined }), 'NO_PIECES'],
  ['pieces as a list', changed({ pieces: [new Uint8Array(20)] }), 'NO_PIECES'],
  ['pieces as a number', changed({ pieces: 20 }), 'NO_PIECES'],
  ['pieces of 19 bytes', changed({ pieces: new Uint8Array(19) }), 'BAD_PIECES'],
  ['pieces of 21 bytes', changed({ pieces: new Uint8Array(21) }), 'BAD_PIECES'],
  ['pieces of 32 bytes', changed({ pieces: new Uint8Array(32) }), 'BAD_PIECES'],
  ['pieces of no bytes', changed({ pieces: '' }), 'WRONG_PIECE_COUNT'],
  ['one piece too many', changed({ pieces: new Uint8Array(40) }), 'WRONG_PIECE_COUNT'],
  ['one piece too few', changed({ length: 17 }), 'WRONG_PIECE_COUNT'],
  ['more bytes than pieces hold', changed({ length: 1_000_000 }), 'WRONG_PIECE_COUNT'],
  ['2,097,153 pieces', changed({ length: 2_097_153, 'piece length': 1 }), 'TOO_MANY_PIECES'],
  ['2^53 - 1 bytes in small pieces', changed({ length: Number.MAX_SAFE_INTEGER }), 'TOO_MANY_PIECES'],

  ['neither length nor files', changed({ length: undefined }), 'NO_FILES'],
  ['a negative length', changed({ length: -1 }), 'BAD_LENGTH'],
  ['a length of -2^63', changed({ length: -(2n ** 63n) }), 'BAD_LENGTH'],
  ['a length of 2^53', changed({ length: 2n ** 53n }), 'BAD_LENGTH'],
  ['a length of 2^64 - 1', changed({ length: 2n ** 64n - 1n }), 'BAD_LENGTH'],
  ['a length in text', changed({ length: '5' }), 'BAD_LENGTH'],
  ['a length that is a list', changed({ length: [5] }), 'BAD_LENGTH'],
  ['length 0', changed({ length: 0, pieces: '' }), 'NO_DATA'],
  ['length 0 with a piece', changed({ length: 0 }), 'NO_DATA'],

  ['files as a number', listing(1), 'BAD_FILE_LIST'],
  ['files as a string', listing('a'), 'BAD_FILE_LIST'],
  ['files as a dictionary', listing({ a: { length: 5 } }), 'BAD_FILE_LIST'],
  ['no files in the list', listing([]), 'NO_FILES'],
  ['a file that is a string', listing(['a']), 'BAD_FILE'],
  ['a file that is a number', listing([7]), 'BAD_FILE'],
  ['a file that is a list', listing([['a', 5]]), 'BAD_FILE'],
  ['a file of a million items', file({ junk: new Array<number>(1_000_000).fill(0) }), 'BAD_FILE'],
  ['a path of a million elements', file({ path: new Array<string>(1_000_000).fill('a') }), 'BAD_FILE'],
  ['an empty file entry', listing([{}]), 'BAD_LENGTH'],
  ['a file without length', file({ length: undefined }), 'BAD_LENGTH'],
  ['a file of negative length', file({ length: -5 }), 'BAD_LENGTH'],
  ['a file of length 2^63', file({ length: 2n ** 63n }), 'BAD_LENGTH'],
  ['a file with a length in text', file({ length: '5' }), 'BAD_LENGTH'],
  [
    'lengths that cancel out',
    listing([
      { length: 10, path: ['a'] },
      { length: -5, path: ['b'] },
    ]),
    'BAD_LENGTH',
  ],
  [
    'lengths that add up beyond 2^53',
    listing([1, 2].map((i) => ({ length: 2 ** 53 - 1, path: [`${i}`] }))),
    'TOO_LONG',
  ],
  ['only empty files', listing([{ length: 0, path: ['a'] }]), 'NO_DATA'],
  ['a file without path', file({ path: undefined }), 'BAD_PATH'],
  ['a path that is a string', file({ path: 'a' }), 'BAD_PATH'],
  ['a path that is a number', file({ path: 5 }), 'BAD_PATH'],
  ['a path without elements', file({ path: [] }), 'BAD_PATH'],
  ['a path element that is a number', file({ path: ['a', 5] }), 'BAD_PATH'],
  ['a path element that is a list', file({ path: [['a']] }), 'BAD_PATH'],
  ['a path.utf-8 without elements', file({ 'path.utf-8': [] }), 'BAD_PATH'],
  ['a path of 65 folders', file({ path: new Array<string>(65).fill('a') }), 'PATH_TOO_DEEP'],
  ['200,001 files', listing(new Array<Info>(MAX_FILES + 1).fill({ length: 0, path: ['a'] })), 'TOO_MANY_FILES'],
]

const paths = (...list: BencodeInput[][]) => listing(list.map((path, i) => ({ length: i === 0 ? 5 : 0, path })))
const accepted: readonly (readonly [string, Uint8Array, readonly string[]])[] = [
  ['keys out of order', raw('d4:name1:a6:pieces20:aaaaaaaaaaaaaaaaaaaa6:lengthi5e12:piece lengthi16ee'), ['a']],
  ['an absolute path', paths(['', 'etc', 'passwd']), ['a.txt/_/etc/passwd']],
  ['an absolute element', paths(['/etc/passwd']), ['a.txt/_etc_passwd']],
  ['parents', paths(['..', '..', 'x']), ['a.txt/_/_/x']],
  ['parents inside an element', paths(['../../x']), ['a.txt/.._.._x']],
  ['parents that end in this folder', paths(['a', '..', '..', 'b']), ['a.txt/a/_/_/b']],
  ['only a parent', paths(['..']), ['a.txt/_']],
  ['this folder', paths(['.']), ['a.txt/_']],
  ['backslashes', paths(['..\\..\\x']), ['a.txt/.._.._x']],
  ['a drive letter', paths(['C:\\x']), ['a.txt/C:_x']],
  ['a network share', paths(['\\\\server\\share']), ['a.txt/__server_share']],
  ['a zero byte', paths(['a\0.txt']), ['a.txt/a_.txt']],
  ['control characters', paths(['a\r\n\x1b[31m']), ['a.txt/a___[31m']],
  ['an overlong slash', paths([fromHex('c0af')]), ['a.txt/__']],
  ['surrogates as bytes', paths([fromHex('eda080')]), ['a.txt/___']],
  ['a turned extension', paths(['a\u202etxt.exe']), ['a.txt/atxt.exe']],
  ['an empty element', paths(['']), ['a.txt/_']],
  ['a huge element', paths(['x'.repeat(100_000)]), [`a.txt/${'x'.repeat(240)}`]],
  ['a name of a parent', changed({ name: '..' }), ['_']],
  ['an empty name', changed({ name: '' }), ['_']],
  ['a name of a path', changed({ name: '/etc/passwd' }), ['_etc_passwd']],
  ['a huge name', changed({ name: `${'y'.repeat(1_000_000)}.mkv` }), [`${'y'.repeat(236)}.mkv`]],
  ['the same path twice', paths(['a'], ['a']), ['a.txt/a', 'a.txt/a (2)']],
  ['the same path in another case', paths(['a'], ['A']), ['a.txt/a', 'a.txt/A (2)']],
  ['the same path once made safe', paths(['a\0'], ['a_']), ['a.txt/a_', 'a.txt/a_ (2)']],
  ['a file that is a folder', paths(['a'], ['a', 'b']), ['a.txt/a (2)', 'a.txt/a/b']],
  ['__proto__ as a path', paths(['__proto__', 'constructor']), ['a.txt/__proto__/constructor']],
  ['__proto__ as a key', changed({ ['__proto__']: 'x' }), ['a.txt']],
  ['length and files', changed({ files: [{ length: 5, path: ['b'] }] }), ['a.txt/b']],
  ['a symbolic link', file({ attr: 'l', 'symlink path': ['..', 'x'] }), ['a.txt/a']],
  ['junk beside info', encodeBencode({ a: [[[]]], info: good, z: { '': -1 } }), ['a.txt']],
  ['three megabytes of junk beside info', encodeBencode({ info: good, z: new Uint8Array(3_000_000) }), ['a.txt']],
]

describe('malformed and hostile torrents', () => {
  test('there are more than a hundred', () => {
    const all = [...notBencoded, ...refused, ...accepted].map(([name]) => name)
    expect(all.length).toBeGreaterThanOrEqual(100)
    expect(new Set(all).size).toBe(all.length)
  })

  test('the torrent that all others are changes of is good', () => {
    expect(parseMetainfo(withInfo(good), { platform: 'linux' }).files).toHaveLength(1)
    expect(parseMetainfo(raw(goodText), { platform: 'linux' }).files).toHaveLength(1)
    expect(parseMetainfo(file({}), { platform: 'linux' }).files).toHaveLength(1)
  })

  test.each(notBencoded)('%s: not bencoded', (_name, bytes) => {
    expect(codeOf(bytes)).toBe('NOT_BENCODED')
  })

  test.each(refused)('%s', (_name, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  test.each(accepted)('%s: read, and safe', (_name, bytes, expected) => {
    const { files, name, renamed } = parseMetainfo(bytes, { platform: 'linux' })
    const found = files.map(({ path }) => path.join('/'))
    expect(found).toEqual(expected)
    for (const path of found) expect(posix.join('/d', path).startsWith(posix.join('/d', name))).toBe(true)
    expect(renamed >= 0).toBe(true)
  })
})

/** The fault's code; its message must be a sentence and a next step. */
function codeOf(bytes: Uint8Array): string {
  try {
    parseMetainfo(bytes, { platform: 'linux' })
  } catch (error) {
    if (!(error instanceof MetainfoError)) throw error
    expect(error.message).toMatch(/^[A-Z].+\. [A-Z].+\.$/s)
    return error.code
  }
  return 'accepted'
}

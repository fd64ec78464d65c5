import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { bytesEqual, concatBytes, fromHex, textOf, utf8 } from '../../kernel/bytes.ts'
import { MetainfoError } from './metainfo-error.ts'
import { parseInfo, parseMetainfo } from './parse.ts'
import { MAX_TRACKERS, MAX_WEB_SEEDS } from './tracker-urls.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const linux = { platform: 'linux' } as const

const single = { length: 5, name: 'a.txt', 'piece length': 16_384, pieces: new Uint8Array(20).fill(7) }
const multi = {
  files: [
    { length: 3, path: ['a'] },
    { length: 0, path: ['dir', 'empty'] },
    { attr: 'p', length: 13, path: ['.pad', '13'] },
    { length: 17, path: ['dir', 'b'] },
  ],
  name: 'folder',
  'piece length': 16,
  pieces: new Uint8Array(60),
}
const parse = (outer: BencodeInput) => parseMetainfo(encodeBencode(outer), linux)

describe('parseMetainfo', () => {
  test('reads a single file', () => {
    const torrent = parse({ info: single })
    expect(torrent).toEqual({
      infoHash: new Uint8Array(createHash('sha1').update(encodeBencode(single)).digest()),
      infoBytes: encodeBencode(single),
      name: 'a.txt',
      multiFile: false,
      files: [{ path: ['a.txt'], length: 5, offset: 0, padding: false }],
      totalLength: 5,
      pieceLength: 16_384,
      pieceHashes: new Uint8Array(20).fill(7),
      pieceCount: 1,
      private: false,
      trackers: [],
      webSeeds: [],
      nodes: [],
      comment: '',
      createdBy: '',
      creationDate: undefined,
      source: '',
      renamed: 0,
    })
  })

  test('reads many files, empty ones and pad files (BEP 47) included', () => {
    const { files, multiFile, totalLength, pieceCount } = parse({ info: multi })
    expect([multiFile, totalLength, pieceCount]).toEqual([true, 33, 3])
    expect(files.map(({ path, length, offset, padding }) => [path.join('/'), length, offset, padding])).toEqual([
      ['folder/a', 3, 0, false],
      ['folder/dir/empty', 0, 3, false],
      ['folder/.pad/13', 13, 3, true],
      ['folder/dir/b', 17, 16, false],
    ])
  })

  test('takes the info-hash over the bytes as they stand, also where keys are out of order', () => {
    const info = utf8(
      'd12:piece lengthi16384e4:name1:a6:lengthi5e6:pieces20:abcdefghijklmnopqrst7:unknownd1:zi1e1:ai2eee',
    )
    const { infoHash, infoBytes } = parseMetainfo(concatBytes([utf8('d4:info'), info, utf8('e')]), linux)
    expect(infoBytes).toEqual(info)
    expect(bytesEqual(infoHash, createHash('sha1').update(info).digest())).toBe(true)
  })

  test('does not hold on to the bytes it was given', () => {
    const bytes = encodeBencode({ info: single })
    const { infoBytes, pieceHashes } = parseMetainfo(bytes, linux)
    expect(infoBytes.buffer).not.toBe(bytes.buffer)
    expect(pieceHashes.buffer).toBe(infoBytes.buffer)
  })

  test('reads what describes it', () => {
    const torrent = parse({
      comment: 'häh',
      'created by': 'Shoal/1',
      'creation date': 1_700_000_000,
      info: { ...single, private: 1, source: 'S' },
    })
    expect(torrent).toMatchObject({
      comment: 'häh',
      createdBy: 'Shoal/1',
      creationDate: 1_700_000_000,
      private: true,
      source: 'S',
    })
  })

  test('garbage in what only describes is left out', () => {
    const torrent = parse({
      announce: 5,
      'announce-list': { a: 1 },
      comment: ['x'],
      'created by': 7,
      'creation date': 'now',
      info: { ...single, private: 'yes', source: 3 },
      'url-list': -1,
    })
    expect(torrent).toEqual(parse({ info: { ...single, private: 'yes', source: 3 } }))
    expect(torrent).toMatchObject({ comment: '', private: false, source: '', trackers: [], webSeeds: [] })
    expect(parse({ comment: fromHex('61ff'), 'creation date': -1, info: single })).toMatchObject({
      comment: 'a\ufffd',
      creationDate: undefined,
    })
    expect(parse({ comment: 'x'.repeat(10_000), info: single }).comment).toHaveLength(8_192)
  })

  test('prefers names in UTF-8 and makes names safe', () => {
    const info = {
      ...multi,
      files: [
        { length: 30, path: [fromHex('e4')], 'path.utf-8': ['ä'] },
        { length: 3, path: ['..', fromHex('ff')] },
      ],
      name: fromHex('fc'),
      'name.utf-8': 'ü',
    }
    const { files, name, renamed } = parse({ info })
    expect([name, ...files.map(({ path }) => path.join('/')), renamed]).toEqual(['ü', 'ü/ä', 'ü/_/_', 2])
    expect(parse({ info: { ...single, name: '../../etc' } })).toMatchObject({ name: '.._.._etc', renamed: 1 })
  })

  test('follows the rules of the platform it is told', () => {
    const bytes = encodeBencode({ info: { ...single, name: 'aux:.' } })
    expect(parseMetainfo(bytes, linux)).toMatchObject({ name: 'aux:.', renamed: 0 })
    expect(parseMetainfo(bytes, { platform: 'win32' })).toMatchObject({ name: 'aux_', renamed: 1 })
  })

  test('reads a hybrid as version 1 (BEP 52)', () => {
    const info = { ...single, 'file tree': { 'a.txt': { '': { length: 5 } } }, 'meta version': 2 }
    expect(parse({ info, 'piece layers': {} }).totalLength).toBe(5)
  })

  test('parseInfo reads a bare info dictionary, as a magnet link brings', () => {
    const { infoHash } = parse({ info: single })
    expect(parseInfo(encodeBencode(single), linux).infoHash).toEqual(infoHash)
  })
})

describe('trackers and web seeds', () => {
  const http = 'http://t.example/announce'
  const udp = 'udp://u.example:6969'

  test('tiers of announce-list stand for announce (BEP 12)', () => {
    const both = parse({
      announce: 'http://other.example/',
      'announce-list': [[http, udp], [http], ['https://s.example/a']],
      info: single,
    })
    expect(both.trackers).toEqual([[http, udp], ['https://s.example/a']])
    expect(parse({ announce: http, info: single }).trackers).toEqual([[http]])
    expect(parse({ announce: ` ${http}\n`, 'announce-list': [[], ['']], info: single }).trackers).toEqual([[http]])
  })

  test('a flat list is read as tiers of one, and garbage in lists is passed over', () => {
    expect(parse({ 'announce-list': [http, udp], info: single }).trackers).toEqual([[http], [udp]])
    const list = [5, { a: 1 }, [[http]], [udp, 7, fromHex('ff'), ['x']], http]
    expect(parse({ 'announce-list': list, info: single }).trackers).toEqual([[udp], [http]])
  })

  test('only http, https and udp', () => {
    const others = [
      'wss://w.example',
      'dht://x',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'udp://',
      'x',
      'http://a b/',
    ]
    expect(parse({ announce: udp, 'announce-list': [others], info: single }).trackers).toEqual([[udp]])
    const seeds = ['http://a.example/', 'https://b.example/c', 'ftp://c.example/', udp, 'http://a.example/']
    expect(parse({ info: single, 'url-list': seeds }).webSeeds).toEqual(['http://a.example/', 'https://b.example/c'])
    expect(parse({ info: single, 'url-list': 'http://a.example/f' }).webSeeds).toEqual(['http://a.example/f'])
    expect(parse({ info: single, 'url-list': '' }).webSeeds).toEqual([])
  })

  test('bounded in number and length', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `http://t.example/${i}`)
    const torrent = parse({ 'announce-list': [many], info: single, 'url-list': many })
    expect([torrent.trackers.flat().length, torrent.webSeeds.length]).toEqual([MAX_TRACKERS, MAX_WEB_SEEDS])
    expect(parse({ announce: `http://t.example/${'x'.repeat(2_048)}`, info: single }).trackers).toEqual([])
    const wide = parse({ 'announce-list': [...new Array<string>(10_000).fill('x'), http], info: single })
    expect(wide.trackers).toEqual([])
  })
})

test('random changes of a torrent end in a torrent that adds up, or in a MetainfoError', () => {
  const valid = encodeBencode({ announce: 'http://t.example/', 'announce-list': [['udp://a:1']], info: multi })
  const digits = fc.constantFrom(...utf8('0123456789:ilde'))
  const change = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.oneof(digits, fc.nat(255))), {
    minLength: 1,
    maxLength: 6,
  })
  let refused = 0
  fc.assert(
    fc.property(change, (changes) => {
      const bytes = valid.slice()
      for (const [at, byte] of changes) bytes[at] = byte
      try {
        const { files, totalLength, pieceCount, pieceHashes, pieceLength } = parseMetainfo(bytes, linux)
        expect(files.reduce((sum, { length }) => sum + length, 0)).toBe(totalLength)
        expect(Math.ceil(totalLength / pieceLength)).toBe(pieceCount)
        expect(pieceHashes).toHaveLength(20 * pieceCount)
      } catch (error) {
        if (!(error instanceof MetainfoError)) throw error
        refused += 1
      }
    }),
    { seed: 31, numRuns: runs },
  )
  expect(refused).toBeGreaterThan(runs / 4)
})

test('every truncation of a torrent is refused as not bencoded', () => {
  const valid = encodeBencode({ info: single })
  for (let length = 0; length < valid.length; length++) {
    expect(() => parseMetainfo(valid.subarray(0, length), linux), textOf(valid.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'NOT_BENCODED' }),
    )
  }
})

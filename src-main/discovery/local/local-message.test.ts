import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, textOf, toHex, utf8 } from '../../kernel/bytes.ts'
import {
  decodeLocalSearch,
  encodeLocalSearch,
  LOCAL_GROUP_V4,
  LOCAL_GROUP_V6,
  MAX_COOKIE_LENGTH,
  MAX_LOCAL_INFO_HASHES,
  MAX_LOCAL_MESSAGE_BYTES,
  MAX_SENT_LOCAL_MESSAGE_BYTES,
} from './local-message.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const HASH = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
const hash = (i: number) => fromHex(i.toString(16).padStart(40, '0'))
const lines = (...rest: string[]) => utf8(['BT-SEARCH * HTTP/1.1', ...rest, '', ''].join('\r\n'))
const search = (...rest: string[]) => lines('Host: 239.192.152.143:6771', ...rest)

describe('a BT-SEARCH datagram', () => {
  test('has the form of BEP 14', () => {
    const made = encodeLocalSearch({ port: 6881, infoHashes: [fromHex(HASH)], cookie: 'a1-b2' }, LOCAL_GROUP_V4)
    expect(made.map(textOf)).toEqual([
      `BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: ${HASH}\r\ncookie: a1-b2\r\n\r\n\r\n`,
    ])
    const [v6] = encodeLocalSearch({ port: 6881, infoHashes: [fromHex(HASH)], cookie: 'c' }, LOCAL_GROUP_V6)
    expect(v6 && textOf(v6)).toContain('\r\nHost: [ff15::efc0:988f]:6771\r\n')
  })

  test.each([
    ['as libtorrent writes it', search('Port: 6881', `Infohash: ${HASH}`, 'cookie: 1f', '')],
    ['with one empty line', search('Port: 6881', `Infohash: ${HASH}`, 'cookie: 1f')],
    ['in other letters', search('PORT:6881', `infohash:\t${HASH.toUpperCase()} `, 'Cookie: 1f')],
    ['in another order, with headers to come', search('X-New: ?', 'cookie: 1f', `Infohash: ${HASH}`, 'Port: 6881')],
    ['with a hash twice', search('Port: 6881', `Infohash: ${HASH}`, `Infohash: ${HASH}`, 'cookie: 1f')],
    ['without Host', lines('Port: 6881', `Infohash: ${HASH}`, 'cookie: 1f')],
  ])('%s is read', (_, bytes) => {
    expect(decodeLocalSearch(bytes)).toEqual({ port: 6881, infoHashes: [fromHex(HASH)], cookie: '1f' })
  })

  test('may have several hashes, and no cookie', () => {
    const read = decodeLocalSearch(search('Port: 1', `Infohash: ${HASH}`, `Infohash: ${toHex(hash(1))}`))
    expect(read).toEqual({ port: 1, infoHashes: [fromHex(HASH), hash(1)], cookie: '' })
  })

  const good = ['Port: 6881', `Infohash: ${HASH}`]
  test.each([
    ['nothing', utf8('')],
    ['another method', utf8(`M-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: ${HASH}\r\n\r\n`)],
    ['another version', utf8(`BT-SEARCH * HTTP/1.0\r\nPort: 6881\r\nInfohash: ${HASH}\r\n\r\n`)],
    ['bare line feeds', utf8(`BT-SEARCH * HTTP/1.1\nPort: 6881\nInfohash: ${HASH}\n\n`)],
    ['no end', utf8(`BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: ${HASH}\r\n`)],
    ['something behind its end', search(...good, '', 'Port: 1')],
    ['many empty lines', search(...good, '', '', '')],
    ['no port', search(`Infohash: ${HASH}`)],
    ['port 0', search('Port: 0', `Infohash: ${HASH}`)],
    ['port 65536', search('Port: 65536', `Infohash: ${HASH}`)],
    ['a port with a sign', search('Port: +6881', `Infohash: ${HASH}`)],
    ['a port with a zero in front', search('Port: 06881', `Infohash: ${HASH}`)],
    ['two ports', search('Port: 1', ...good)],
    ['no hash', search('Port: 6881')],
    ['a short hash', search('Port: 6881', `Infohash: ${HASH.slice(1)}`)],
    ['a hash in base32', search('Port: 6881', 'Infohash: YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK')],
    ['a good and a bad hash', search(...good, 'Infohash: 1')],
    ['two cookies', search(...good, 'cookie: a', 'cookie: b')],
    ['a long cookie', search(...good, `cookie: ${'a'.repeat(MAX_COOKIE_LENGTH + 1)}`)],
    ['a line without a colon', search(...good, 'hello')],
    ['a name of nothing', search(...good, ': x')],
    ['a folded line', search(...good, ' more')],
    ['a control character', search(...good, 'X: \u0000')],
    ['bytes beyond ASCII', search(...good, 'X: é')],
    ['more than is read', search(...good, `X: ${'x'.repeat(MAX_LOCAL_MESSAGE_BYTES)}`)],
    ['nothing but line ends', utf8('\r\n'.repeat(700))],
  ])('with %s is none', (_, bytes) => expect(decodeLocalSearch(bytes)).toBeUndefined())

  test('is bounded: many hashes go in several, none is too long', () => {
    const infoHashes = Array.from({ length: 60 }, (_, i) => hash(i))
    const cookie = 'x'.repeat(MAX_COOKIE_LENGTH)
    const made = encodeLocalSearch({ port: 65_535, infoHashes: [...infoHashes, hash(0)], cookie }, LOCAL_GROUP_V6)
    expect(made).toHaveLength(3)
    for (const bytes of made) expect(bytes.length).toBeLessThanOrEqual(MAX_SENT_LOCAL_MESSAGE_BYTES)
    expect(made.flatMap((bytes) => decodeLocalSearch(bytes)?.infoHashes)).toEqual(infoHashes)
    expect(encodeLocalSearch({ port: 1, infoHashes: [], cookie }, LOCAL_GROUP_V4)).toEqual([])
    const many = Array.from({ length: 27 }, (_, i) => `Infohash:${toHex(hash(i))}`)
    expect(decodeLocalSearch(lines('Port:1', ...many))?.infoHashes).toHaveLength(MAX_LOCAL_INFO_HASHES)
  })

  test.each([
    { port: 0 },
    { port: 65_536 },
    { port: 1.5 },
    { cookie: '' },
    { cookie: 'a\r\nPort: 1' },
    { cookie: 'x'.repeat(MAX_COOKIE_LENGTH + 1) },
    { infoHashes: [new Uint8Array(32)] },
  ])('is not made of %j', (wrong) => {
    const right = { port: 1, infoHashes: [hash(1)], cookie: 'c' }
    expect(() => encodeLocalSearch({ ...right, ...wrong }, LOCAL_GROUP_V4)).toThrow(RangeError)
  })

  test('what is made is read back; changed bytes are read within the bounds or not at all', () => {
    const port = fc.integer({ min: 1, max: 65_535 })
    const infoHashes = fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 20 })
    const cookie = fc.stringMatching(/^[\w.-]{1,64}$/)
    const changes = fc.array(fc.tuple(fc.nat(1_399), fc.nat(255)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(port, infoHashes, cookie, changes, (at, numbers, mark, changed) => {
        const made = { port: at, infoHashes: numbers.map(hash), cookie: mark }
        const [bytes = new Uint8Array()] = encodeLocalSearch(made, LOCAL_GROUP_V4)
        expect(decodeLocalSearch(bytes)).toEqual(made)
        for (const [place, value] of changed) bytes[place % bytes.length] = value
        const read = decodeLocalSearch(bytes)
        if (!read) return
        expect(read.port > 0 && read.port < 65_536 && read.infoHashes.length <= MAX_LOCAL_INFO_HASHES).toBe(true)
        expect(read.infoHashes.every(({ length }) => length === 20)).toBe(true)
      }),
      { seed: 43, numRuns },
    )
  })
})

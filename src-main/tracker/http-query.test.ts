import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, utf8 } from '../kernel/bytes.ts'
import {
  MAX_PARAMETERS,
  MAX_SCRAPED_OVER_HTTP,
  parseAnnounceQuery,
  parseScrapeQuery,
  percentDecode,
  QueryError,
} from './http-query.ts'

const ids = 'info_hash=%124Vx%9a%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A&peer_id=-SH0001-abcdefgh+j%25l'
const good = `${ids}&port=6881&left=5`

describe('the query of an announce', () => {
  test('as aria2 sends it', () => {
    const query = `${ids}&uploaded=0&downloaded=0&left=5&compact=1&key=abcdefgh&numwant=50&no_peer_id=1&port=6881&event=started&supportcrypto=1`
    expect(parseAnnounceQuery(query)).toEqual({
      infoHash: fromHex('123456789abcdef123456789abcdef123456789a'),
      peerId: utf8('-SH0001-abcdefgh+j%l'),
      ...{ port: 6881, left: 5, event: 'started', numwant: 50, compact: true, noPeerId: true },
    })
  })

  test('what is left out has a default', () => {
    const rest = { event: 'none', numwant: undefined, compact: true, noPeerId: false }
    expect(parseAnnounceQuery(`${ids}&port=1`)).toMatchObject({ left: 1, ...rest })
    expect(parseAnnounceQuery(`${good}&event=&numwant=-1&compact=0`)).toMatchObject({ ...rest, compact: false })
    expect(parseAnnounceQuery(`${good}&event=paused&ip=192.0.2.1`)).toMatchObject(rest)
    expect(parseAnnounceQuery(`${ids}&port=1&left=9223372036854775807`).left).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each([
    ['', 'info_hash is missing'],
    ['info_hash=abc&peer_id=x', 'info_hash is not 20 bytes'],
    [good.replace('%124', '%zz4'), 'info_hash is not 20 bytes'],
    [good.replace('%124', '%124%00'), 'info_hash is not 20 bytes'],
    [good.replace('peer_id', 'peer'), 'peer_id is missing'],
    [`${good}&info_hash=x`, 'info_hash is there twice'],
    [good.replace('port=6881', 'port=0'), 'bad port'],
    [good.replace('port=6881', 'port=65536'), 'bad port'],
    [good.replace('port=6881', 'port=0x1'), 'bad port'],
    [good.replace('&port=6881', ''), 'port is missing'],
    [good.replace('left=5', 'left=-1'), 'bad left'],
    [`${good}&numwant=many`, 'bad numwant'],
    [`${good}&event=exploded`, 'unknown event'],
    [good + '&a=b'.repeat(MAX_PARAMETERS), 'too many parameters'],
  ])('%s gets: %s', (query, reason) => {
    expect(() => parseAnnounceQuery(query)).toThrow(QueryError)
    expect(() => parseAnnounceQuery(query)).toThrow(reason)
  })

  test('a scrape names torrents, one or several', () => {
    const one = `info_hash=${'%01'.repeat(20)}`
    expect(parseScrapeQuery(`${one}&info_hash=${'%02'.repeat(20)}`)).toEqual([
      new Uint8Array(20).fill(1),
      new Uint8Array(20).fill(2),
    ])
    expect(() => parseScrapeQuery('')).toThrow('info_hash is missing')
    expect(() => parseScrapeQuery(Array.from({ length: MAX_SCRAPED_OVER_HTTP + 1 }, () => one).join('&'))).toThrow(
      'more than',
    )
  })

  test('every byte can be percent-encoded, and bad encodings are none', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(percentDecode([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))).toEqual(
          bytes,
        )
      }),
      { seed: 15, numRuns: 200 },
    )
    for (const text of ['%', '%1', '%g0', 'a%', '\u00e9']) expect(percentDecode(text)).toBeUndefined()
    expect(percentDecode('a+b')).toEqual(utf8('a+b'))
  })

  test('any query gives an announce or the typed error', { timeout: 60_000 }, () => {
    const part = fc
      .tuple(fc.constantFrom('info_hash', 'peer_id', 'port', 'left', 'event', 'x'), fc.string())
      .map((p) => p.join('='))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        for (const parse of [parseAnnounceQuery, parseScrapeQuery]) {
          try {
            expect(parse(parts.join('&'))).toBeDefined()
          } catch (error) {
            expect(error).toBeInstanceOf(QueryError)
          }
        }
      }),
      { seed: 16, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 },
    )
  })
})

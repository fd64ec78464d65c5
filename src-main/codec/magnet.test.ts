import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex, utf8 } from '../kernel/bytes.ts'
import {
  formatMagnet,
  MAX_MAGNET_BYTES,
  MAX_MAGNET_NAME_LENGTH,
  MAX_MAGNET_PEERS,
  MAX_MAGNET_TRACKERS,
  MAX_MAGNET_WEB_SEEDS,
  MAX_SALT_BYTES,
  type Magnet,
  parseMagnet,
} from './magnet.ts'
import { MagnetError } from './magnet-error.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const HASH = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
/** The key of BEP 46's test vectors. */
const KEY = '8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e'
const link = (rest = '') => `magnet:?xt=urn:btih:${HASH}${rest}`
const nothing: Magnet = {
  infoHash: fromHex(HASH),
  mutable: undefined,
  name: '',
  trackers: [],
  webSeeds: [],
  peers: [],
  files: undefined,
}

describe('a magnet link', () => {
  test('of BEP 9 with everything', () => {
    const text = link(
      '&dn=Sintel%20%28film%29&tr=udp%3A%2F%2Ft.example%3A6969&tr.1=http%3A%2F%2Fa.example%2Fannounce' +
        '&tr.2=https://b.example/x?y=1&ws=https%3A%2F%2Fw.example%2Ffiles%2F&x.pe=192.0.2.1:6881' +
        '&x.pe=%5B2001%3ADB8%3A%3A1%5D%3A6882&x.pe=Peer.Example:80&so=0,2,4,6-8&xl=129302391&as=http://elsewhere',
    )
    expect(parseMagnet(text)).toEqual({
      ...nothing,
      name: 'Sintel (film)',
      trackers: ['udp://t.example:6969', 'http://a.example/announce', 'https://b.example/x?y=1'],
      webSeeds: ['https://w.example/files/'],
      peers: [
        { host: '192.0.2.1', port: 6881 },
        { host: '2001:db8::1', port: 6882 },
        { host: 'peer.example', port: 80 },
      ],
      files: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
        { first: 4, last: 4 },
        { first: 6, last: 8 },
      ],
    })
  })

  test.each([
    ['hexadecimal', link()],
    ['capitals', `MAGNET:?XT=URN:BTIH:${HASH.toUpperCase()}`],
    ['base32', 'magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK'],
    ['small base32', 'magnet:?xt=urn:btih:yex6dqdlxisuvhoj6um3gnnkpqjwpkek'],
    ['escaped colons', `magnet:?xt=urn%3Abtih%3A${HASH}`],
    ['a numbered topic', `magnet:?xt.1=urn:btih:${HASH}`],
    ['spaces around it', ` \n${link()}\n`],
    ['the same hash twice', link(`&xt=urn:btih:${HASH.toUpperCase()}`)],
    ['a hybrid', `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}&xt=urn:btih:${HASH}`],
    ['another topic beside it', link('&xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C')],
    ['empty and unknown parameters', `${link()}&&=&x&dn&tr=&constructor=1&__proto__=2&toString`],
  ])('with %s', (_, text) => expect(parseMagnet(text)).toEqual(nothing))

  test('of BEP 46, with and without salt, and beside a hash', () => {
    const publicKey = fromHex(KEY)
    expect(parseMagnet(`magnet:?xs=urn:btpk:${KEY}`)).toEqual({
      ...nothing,
      infoHash: undefined,
      mutable: { publicKey, salt: new Uint8Array() },
    })
    expect(parseMagnet(`magnet:?xs=urn:btpk:${KEY}&s=6e`).mutable).toEqual({ publicKey, salt: utf8('n') })
    expect(parseMagnet(link(`&xs=http://x.example/a.torrent&xs=urn:btpk:${KEY}`))).toEqual({
      ...nothing,
      mutable: { publicKey, salt: new Uint8Array() },
    })
    expect(formatMagnet({ mutable: { publicKey, salt: utf8('n') } })).toBe(`magnet:?xs=urn:btpk:${KEY}&s=6e`)
  })

  test.each([
    ['nothing', '', 'NOT_A_MAGNET'],
    ['a web page', `https://t.example/?xt=urn:btih:${HASH}`, 'NOT_A_MAGNET'],
    ['no parameters', 'magnet:', 'NOT_A_MAGNET'],
    ['no topic', 'magnet:?dn=a', 'NO_HASH'],
    ['a hash of something else', 'magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C', 'NO_HASH'],
    ['a salt alone', 'magnet:?s=6e', 'NO_HASH'],
    ['version 2 alone', `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'V2_ONLY'],
    ['39 digits', 'magnet:?xt=urn:btih:'.padEnd(59, 'a'), 'BAD_HASH'],
    ['41 digits', `${link()}0`, 'BAD_HASH'],
    ['a letter that is no digit', link().replace(/a$/, 'g'), 'BAD_HASH'],
    ['base32 with a digit outside it', 'magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE1', 'BAD_HASH'],
    ['an empty hash', 'magnet:?xt=urn:btih:', 'BAD_HASH'],
    ['a broken escape in the hash', 'magnet:?xt=urn:btih:%zz'.padEnd(60, 'a'), 'BAD_HASH'],
    ['a good and a bad hash', link('&xt=urn:btih:1'), 'BAD_HASH'],
    ['two hashes', link(`&xt.1=urn:btih:${'0'.repeat(40)}`), 'SEVERAL_HASHES'],
    ['two keys', `magnet:?xs=urn:btpk:${KEY}&xs=urn:btpk:${'0'.repeat(64)}`, 'SEVERAL_HASHES'],
    ['a short key', `magnet:?xs=urn:btpk:${KEY.slice(2)}`, 'BAD_PUBLIC_KEY'],
    ['half a byte of salt', `magnet:?xs=urn:btpk:${KEY}&s=6`, 'BAD_SALT'],
    ['a salt of text', `magnet:?xs=urn:btpk:${KEY}&s=name`, 'BAD_SALT'],
    ['a long salt', `magnet:?xs=urn:btpk:${KEY}&s=${'00'.repeat(MAX_SALT_BYTES + 1)}`, 'BAD_SALT'],
    ['an empty choice of files', link('&so='), 'BAD_FILES'],
    ['a choice with broken escapes', link('&so=%ff'), 'BAD_FILES'],
    ['a backward range', link('&so=3-2'), 'BAD_FILES'],
    ['more than is read', link(`&dn=${'x'.repeat(MAX_MAGNET_BYTES)}`), 'TOO_LARGE'],
    ['more bytes than are read', link(`&dn=${'é'.repeat(MAX_MAGNET_BYTES / 2)}`), 'TOO_LARGE'],
  ])('of %s is refused', (_, text, code) => {
    const read = () => parseMagnet(text)
    expect(read).toThrow(MagnetError)
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(/^[A-Z].*\. [A-Z].*\.$/) }))
  })

  test('names are one clean line', () => {
    const named = (raw: string) => parseMagnet(link(`&dn=${raw}`)).name
    expect(named('C%2B%2B+in+a+day')).toBe('C++ in a day')
    expect(named('%E2%9C%93 fisch\u{1f41f}')).toBe('\u2713 fisch\u{1f41f}')
    expect(named('%00a%0D%0A%1b[31mb%C2%85%E2%80%AEc%E2%80%A8')).toBe('a[31mbc')
    expect(named('\ud800x')).not.toMatch(/\p{Surrogate}/u)
    for (const broken of ['%', '%4', '%4x', '%zz', '%ff', '%C3%28', '%ED%A0%80', '%C0%80']) {
      expect(named(broken)).toBe('')
      expect(named(`${broken}&dn=second`)).toBe('second')
    }
    expect([...named('\u{1f41f}'.repeat(500))]).toHaveLength(MAX_MAGNET_NAME_LENGTH)
  })

  test('what cannot be used is dropped', () => {
    const text = link(
      '&tr=file:///etc/passwd&tr=ws%3A%2F%2Ft.example&tr=http%3A%2F%2Ft%0d%0aHost%3A+x&tr=%ff&tr=udp://t.example:1' +
        '&tr.5=udp%3A%2F%2Ft.example%3A1&ws=udp://t.example:1&ws=javascript:alert(1)&ws=http://w.example/a+b',
    )
    expect(parseMagnet(text)).toEqual({
      ...nothing,
      trackers: ['udp://t.example:1'],
      webSeeds: ['http://w.example/a+b'],
    })
  })

  test.each([
    ...['1.2.3.4', '1.2.3.4:0', '1.2.3.4:65536', '1.2.3.4:-1', '1.2.3:80', '1.2.3.256:80', '01.2.3.4:80', '127.1:80'],
    ...['0x7f.1:80', 'a.0x7f000001:80', '::1:80', '[::1]', '[::1]80', '[1.2.3.4]x:80', '[fe80::1%25eth0]:80', ':80'],
    ...['0.0.0.0:80', '224.0.0.1:80', '[ff02::1]:80', '-a.example:80', 'a-:80', 'a..b:80', `${'a'.repeat(64)}.b:80`],
    ...['a b:80', 'host:80:80', 'user@host:80', 'host/path:80', 'h%c3%b6st:80'],
  ])('%s is no peer', (peer) => expect(parseMagnet(link(`&x.pe=${peer}`)).peers).toEqual([]))

  test('counts are bounded, duplicates do not count', () => {
    const many = (key: string, value: (i: number) => string) =>
      Array.from({ length: 300 }, (_, i) => `&${key}=${value(i >> 1)}`).join('')
    const text = link(many('tr', (i) => `udp://t:${i + 1}`))
    expect(parseMagnet(text).trackers).toHaveLength(MAX_MAGNET_TRACKERS)
    expect(parseMagnet(link(many('ws', (i) => `http://w/${i}`))).webSeeds).toHaveLength(MAX_MAGNET_WEB_SEEDS)
    expect(parseMagnet(link(many('x.pe', (i) => `10.0.0.1:${i + 1}`))).peers).toHaveLength(MAX_MAGNET_PEERS)
    expect(parseMagnet(link('&a'.repeat(8_000)))).toEqual(nothing)
  })
})

describe('a link made', () => {
  test('has the form of BEP 9', () => {
    const parts = {
      infoHash: fromHex(HASH),
      name: 'a & b',
      trackers: ['http://t.example/announce?x=1&y=2', 'ws://t.example'],
      peers: [{ host: '::1', port: 6881 }],
      files: [
        { first: 4, last: 5 },
        { first: 0, last: 0 },
      ],
    }
    expect(formatMagnet(parts)).toBe(
      link('&dn=a%20%26%20b&so=0,4-5&x.pe=%5B%3A%3A1%5D%3A6881&tr=http%3A%2F%2Ft.example%2Fannounce%3Fx%3D1%26y%3D2'),
    )
  })

  test('leaves out what there is no room for', () => {
    const trackers = Array.from({ length: 100 }, (_, i) => `http://t.example/${i}/${'x'.repeat(1_000)}`)
    const text = formatMagnet({ infoHash: fromHex(HASH), trackers, webSeeds: ['http://w'] })
    expect(text.length).toBeLessThanOrEqual(MAX_MAGNET_BYTES)
    expect(parseMagnet(text).trackers).toEqual(trackers.slice(0, 15))
    expect(parseMagnet(text).webSeeds).toEqual(['http://w'])
  })

  test('needs a subject of the right lengths', () => {
    const publicKey = new Uint8Array(32)
    expect(() => formatMagnet({ name: 'a' })).toThrow(RangeError)
    expect(() => formatMagnet({ infoHash: new Uint8Array(32) })).toThrow(RangeError)
    expect(() => formatMagnet({ mutable: { publicKey: new Uint8Array(20), salt: publicKey } })).toThrow(RangeError)
    expect(() => formatMagnet({ mutable: { publicKey, salt: new Uint8Array(MAX_SALT_BYTES + 1) } })).toThrow(RangeError)
  })
})

describe('round trip', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const path = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\s\p{Cc}\p{Surrogate}]/u.test(text))
  const host = fc.constantFrom('t.example', '192.0.2.7', '[2001:db8::2]')
  const url = (scheme: string) => fc.tuple(host, path).map(([name, rest]) => `${scheme}://${name}/${rest}`)
  const peer = fc.record({
    host: fc.constantFrom('192.0.2.1', '2001:db8::1', 'peer.example', 'localhost'),
    port: fc.integer({ min: 1, max: 65_535 }),
  })
  const parts = fc.record({
    infoHash: bytes(20),
    mutable: fc.option(fc.record({ publicKey: bytes(32), salt: fc.uint8Array({ maxLength: 64 }) }), { nil: undefined }),
    name: fc.string({ unit: 'binary', maxLength: 300 }),
    trackers: fc.array(fc.oneof(url('http'), url('udp'), url('https')), { maxLength: 8 }),
    webSeeds: fc.array(url('https'), { maxLength: 4 }),
    peers: fc.array(peer, { maxLength: 8 }),
    files: fc.option(
      fc.array(
        fc.tuple(fc.nat(100), fc.nat(9)).map(([first, more]) => ({ first, last: first + more })),
        { minLength: 1, maxLength: 8 },
      ),
      { nil: undefined },
    ),
  })

  test('what is made is read back', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const read = parseMagnet(formatMagnet(made))
        expect(read.infoHash && toHex(read.infoHash)).toBe(toHex(made.infoHash))
        expect(read.mutable).toEqual(made.mutable)
        expect(read.trackers).toEqual([...new Set(made.trackers)])
        expect(read.webSeeds).toEqual([...new Set(made.webSeeds)])
        expect(new Set(read.peers.map((p) => `${p.host} ${p.port}`))).toEqual(
          new Set(made.peers.map((p) => `${p.host} ${p.port}`)),
        )
        expect(parseMagnet(formatMagnet(read))).toEqual(read)
      }),
      { seed: 22, numRuns },
    )
  })

  test('whatever is read can be made again; the rest is refused with a MagnetError', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '&',
        '=',
        '%',
        'xt',
        'tr',
        '.1',
        'dn',
        'so',
        'x.pe',
        'xs',
        's',
        ':',
        '-',
        ',',
        '[',
        ']',
        '+',
        '#',
      ),
      fc.constantFrom(
        `xt=urn:btih:${HASH}`,
        `xs=urn:btpk:${KEY}`,
        's=6e',
        'udp://t:1',
        'http://a',
        '10.0.0.1:5',
        '0-4',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
    let read = 0
    fc.assert(
      fc.property(text, fc.boolean(), (rest, whole) => {
        let magnet: Magnet
        try {
          magnet = parseMagnet(whole ? link(`&${rest}`) : `magnet:?${rest}`)
        } catch (error) {
          expect(error).toBeInstanceOf(MagnetError)
          return
        }
        read += 1
        expect(parseMagnet(formatMagnet(magnet))).toEqual(magnet)
      }),
      { seed: 23, numRuns },
    )
    expect(read).toBeGreaterThan(numRuns / 10)
  })
})

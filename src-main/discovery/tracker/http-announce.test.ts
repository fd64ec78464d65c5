import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { fromHex, utf8 } from '../../kernel/bytes.ts'
import { type AnnounceRequest, MAX_PEERS_IN_ANSWER } from './announce.ts'
import { announceUrl, MAX_ANSWER_BYTES, percentEncode, readAnnounceAnswer } from './http-announce.ts'
import { TrackerError } from './tracker-error.ts'

const request: AnnounceRequest = {
  infoHash: fromHex('123456789abcdef123456789abcdef123456789a'),
  peerId: utf8('-SH0001-abcdefghijkl'),
  port: 6881,
  uploaded: 1,
  downloaded: 2,
  left: 3,
  event: 'started',
  numwant: 200,
  key: 0xab,
  trackerId: undefined,
}
const read = (body: Uint8Array, status = 200) => readAnnounceAnswer('tracker.example', { status, body })
const answer = (value: BencodeInput, status = 200) => read(encodeBencode(value), status)
const fault = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof TrackerError) return error.fault
    throw error
  }
  return undefined
}

describe('the URL of an announce', () => {
  test('holds every field, bytes percent-encoded one by one', () => {
    expect(announceUrl('http://t.example/announce', request)).toBe(
      'http://t.example/announce?info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A&peer_id=-SH0001-abcdefghijkl' +
        '&port=6881&uploaded=1&downloaded=2&left=3&compact=1&no_peer_id=1&numwant=200&key=000000ab&event=started',
    )
  })

  test('keeps the query that is there, leaves out an event that is none, sends the tracker id back', () => {
    const regular = {
      ...request,
      event: 'none',
      trackerId: Uint8Array.of(0x26, 0xff),
      left: -1,
      uploaded: 1.5,
    } as const
    const url = announceUrl('http://t.example/announce?passkey=1', regular)
    expect(url).toContain('/announce?passkey=1&info_hash=')
    expect(url).toMatch(/&uploaded=1&downloaded=2&left=0&.*&key=000000ab&trackerid=%26%FF$/)
    expect(announceUrl('http://t.example/announce?', request)).toContain('/announce?info_hash=')
  })

  test('survives the URL standard', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    const url = `http://t.example/announce?info_hash=${percentEncode(bytes)}`
    expect(new URL(url).href).toBe(url)
  })
})

describe('the answer of a tracker', () => {
  test('in compact form, with everything', () => {
    const peers = fromHex('0a0000011ae10a0000021ae10a0000011ae1')
    const peers6 = fromHex('20010db80000000000000000000000011ae1')
    const rest = { interval: 1800, 'min interval': 60, complete: 2, incomplete: 3, 'tracker id': 'abc' }
    expect(answer({ ...rest, peers, peers6, 'warning message': 'old\nclient', extra: [1] })).toEqual({
      ...{ interval: 1800, minInterval: 60, seeds: 2, leechers: 3, trackerId: utf8('abc'), warning: 'old client' },
      peers: [
        { host: '10.0.0.1', port: 6881 },
        { host: '10.0.0.2', port: 6881 },
        { host: '2001:db8::1', port: 6881 },
      ],
    })
  })

  test('as dictionaries, of which only usable IP addresses are taken', () => {
    const peers = [
      { ip: '10.0.0.1', port: 6881, 'peer id': 'x'.repeat(20) },
      { ip: '2001:db8::1', port: 1 },
      { ip: 'peer.example', port: 6881 },
      { ip: '10.0.0.2', port: 0 },
      { ip: '10.0.0.2', port: 70_000 },
      { ip: '224.0.0.1', port: 6881 },
      { ip: '0.0.0.0', port: 6881 },
      { port: 6881 },
      7,
    ]
    expect(answer({ interval: 60, peers }).peers).toEqual([
      { host: '10.0.0.1', port: 6881 },
      { host: '2001:db8::1', port: 1 },
    ])
  })

  test('fields of a wrong type are left out', () => {
    expect(answer({ interval: 'soon', complete: -1, peers: 7 })).toEqual({
      ...{ interval: undefined, minInterval: undefined, seeds: undefined, leechers: undefined },
      ...{ peers: [], warning: '', trackerId: undefined },
    })
  })

  test('no more peers are taken than the limit', () => {
    const peers = Uint8Array.from({ length: 6 * 5_000 }, (_, i) => (i % 6 === 0 ? 10 : (i * 7) >> (i % 3)))
    expect(answer({ peers }).peers.length).toBeLessThanOrEqual(MAX_PEERS_IN_ANSWER)
  })

  test('a refusal tells the reason and when to come back (BEP 31)', () => {
    const refused = { code: 'REFUSED', reason: 'go away' }
    const failure = (retry: BencodeInput) => fault(() => answer({ 'failure reason': 'go\taway', 'retry in': retry }))
    expect(failure('never')).toEqual({ ...refused, retryMinutes: 'never' })
    expect(failure('5')).toEqual({ ...refused, retryMinutes: 5 })
    expect(failure(5)).toEqual({ ...refused, retryMinutes: 5 })
    expect(failure('soon')).toEqual({ ...refused, retryMinutes: undefined })
    expect(fault(() => answer({ 'failure reason': 'banned' }, 403))).toMatchObject({
      code: 'REFUSED',
      reason: 'banned',
    })
  })

  test('nonsense is one typed error with one sentence and a next step', () => {
    expect(fault(() => read(utf8('<html>')))).toMatchObject({ code: 'BAD_ANSWER' })
    expect(fault(() => read(utf8('<html>'), 404))).toEqual({ code: 'HTTP_STATUS', status: 404 })
    expect(fault(() => answer({ peers: '' }, 500))).toEqual({ code: 'HTTP_STATUS', status: 500 })
    expect(fault(() => answer({}))).toMatchObject({ code: 'BAD_ANSWER' })
    expect(fault(() => read(new Uint8Array(MAX_ANSWER_BYTES + 1)))).toMatchObject({ code: 'TOO_LARGE' })
    expect(() => read(utf8('i1e'))).toThrow(
      /^The tracker tracker\.example gave an answer that makes no sense: .*\. Shoal will ask it again later\.$/,
    )
  })

  test.each([
    ['five bytes', 'l-3:e'],
    ['200,000 nested lists', 'l'.repeat(200_000)],
    ['nested lists in an entry', `d5:peers${'l'.repeat(200_000)}${'e'.repeat(200_000)}e`],
    ['a declared length of 4 GiB', 'd5:peers4294967296:xe'],
    ['half a million items', `d5:peersl${'i1e'.repeat(300_000)}ee`],
  ])('%s do no harm', (_, body) => {
    expect(fault(() => read(utf8(body)))?.code).toBe('BAD_ANSWER')
  })

  test('any bytes and any dictionary give an answer or the typed error', { timeout: 60_000 }, () => {
    const leaf = fc.oneof(fc.integer(), fc.uint8Array({ maxLength: 40 }), fc.constantFrom('never', '10.0.0.1', 'x'))
    const value: fc.Arbitrary<BencodeInput> = fc.oneof(
      leaf,
      fc.array(leaf),
      fc.array(fc.record({ ip: leaf, port: leaf })),
    )
    const keys = ['peers', 'peers6', 'interval', 'min interval', 'complete', 'tracker id', 'failure reason', 'retry in']
    const dictionary = fc.dictionary(fc.constantFrom(...keys), value).map(encodeBencode)
    const cut = fc.tuple(dictionary, fc.nat(200)).map(([bytes, length]) => bytes.subarray(0, length))
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), dictionary, cut),
        fc.constantFrom(200, 400),
        (body, status) => {
          try {
            for (const { host, port } of read(body, status).peers) {
              expect(host).not.toBe('')
              expect(port).toBeGreaterThan(0)
            }
          } catch (error) {
            expect(error).toBeInstanceOf(TrackerError)
          }
        },
      ),
      { seed: 11, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 1_000 },
    )
  })
})

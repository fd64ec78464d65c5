import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { bytesEqual, concatBytes, utf8 } from '../../kernel/bytes.ts'
import { parseMetainfo } from './parse.ts'
import { withTrackers, wrapInfo } from './wrap-info.ts'

/** Keys out of order and an entry that nobody knows: a new encoding would give another info-hash. */
const info = concatBytes([
  utf8('d4:name5:a.txt12:piece lengthi16e6:pieces20:'),
  new Uint8Array(20).fill(7),
  utf8('6:lengthi5e5:extrali1ei2eee'),
])
const platform = { platform: 'linux' } as const
const A = 'http://a.example/announce'
const B = 'udp://b.example:6969'

describe('a .torrent around an info dictionary', () => {
  test.each([
    ['nothing else', [], [], []],
    ['one tracker', [[A]], [], [[A]]],
    ['tiers and a web seed', [[A], [], [B]], ['http://w.example/f'], [[A], [B]]],
  ])('%s: the info bytes and so the info-hash stay', (_name, trackers, webSeeds, read) => {
    const metainfo = parseMetainfo(wrapInfo(info, { trackers, webSeeds }), platform)
    expect(bytesEqual(metainfo.infoBytes, info)).toBe(true)
    expect(metainfo).toMatchObject({ name: 'a.txt', totalLength: 5, trackers: read, webSeeds })
  })

  test('its keys stand in order', () => {
    const bytes = wrapInfo(encodeBencode({ a: 1 }), { trackers: [[A], [B]], webSeeds: ['http://w.example/f'] })
    const canonical = encodeBencode({
      announce: A,
      'announce-list': [[A], [B]],
      info: { a: 1 },
      'url-list': ['http://w.example/f'],
    })
    expect(bytesEqual(bytes, canonical)).toBe(true)
  })
})

describe('a .torrent with other trackers', () => {
  test('keeps everything else', () => {
    const torrent = concatBytes([
      utf8(`d8:announce${A.length}:${A}7:comment2:hi4:info`),
      info,
      utf8('5:nodesll9:127.0.0.1i7eee8:url-listl0:ee'),
    ])
    const changed = withTrackers(torrent, [[A], [B]])
    expect(parseMetainfo(changed, platform)).toEqual({
      ...parseMetainfo(torrent, platform),
      trackers: [[A], [B]],
    })
    expect(bytesEqual(withTrackers(changed, [[A]]), torrent)).toBe(true)
  })

  test('may lose them all', () => {
    expect(
      parseMetainfo(withTrackers(wrapInfo(info, { trackers: [[A]], webSeeds: [] }), []), platform).trackers,
    ).toEqual([])
  })
})

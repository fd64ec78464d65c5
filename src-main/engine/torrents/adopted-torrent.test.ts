import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { parseMagnet } from '../../codec/magnet.ts'
import { bytesEqual, concatBytes, toHex, utf8 } from '../../kernel/bytes.ts'
import { MAX_TRACKERS } from '../../torrent/metainfo/tracker-urls.ts'
import type { PeerOrigin } from '../../torrent/swarm/peer-list.ts'
import { adoptedSelection, adoptedTorrent, carriedPeers, withFurtherTrackers } from './adopted-torrent.ts'

const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest())
const files = [1, 2, 3].map((n) => ({ length: 10 * n, path: [`f${n}`] }))
const info = encodeBencode({ files, name: 'a', 'piece length': 16, pieces: new Uint8Array(80) })
const A = 'http://a.example/announce'
const B = 'udp://b.example:1'
const link = (rest = '') => parseMagnet(`magnet:?xt=urn:btih:${toHex(sha1(info))}${rest}`)
const adopted = (rest = '', bytes = info) => adoptedTorrent(sha1(bytes), bytes, link(rest), 'linux')

describe('the .torrent of a magnet', () => {
  test('has the very info bytes, each tracker in a tier of its own, and the web seeds', () => {
    const { metainfo } = adopted(`&tr=${A}&tr=${B}&ws=http://w.example/`)
    expect(bytesEqual(metainfo.infoBytes, info)).toBe(true)
    expect(metainfo).toMatchObject({ trackers: [[A], [B]], webSeeds: ['http://w.example/'], totalLength: 60 })
  })

  test('other bytes are refused', () => {
    expect(() => adoptedTorrent(new Uint8Array(20), info, link(), 'linux')).toThrow(
      expect.objectContaining({ code: 'WRONG_METADATA' }),
    )
  })

  test.each([
    ['no dictionary', utf8('4:info')],
    ['nothing', new Uint8Array()],
    ['a dictionary without files', encodeBencode({ name: 'a' })],
    ['a second entry behind it', concatBytes([info, utf8(`8:announce${A.length}:${A}`)])],
    ['an end behind it, and another torrent', concatBytes([info, utf8('ed4:info'), info])],
  ])('%s is refused, with what is wrong', (_name, bytes) => {
    expect(() => adopted('', bytes)).toThrow(
      expect.objectContaining({ code: 'UNUSABLE_METADATA', message: expect.stringContaining('behind this magnet') }),
    )
  })

  test('the choice of the person counts over that of the link', () => {
    const { metainfo } = adopted()
    const wantedOf = (chosen: Uint8Array | undefined, rest: string) =>
      adoptedSelection(metainfo, chosen, link(rest))?.bytes
    expect(wantedOf(undefined, '')).toBeUndefined()
    expect(wantedOf(undefined, '&so=0,2-9')).toBe(40)
    expect(wantedOf(undefined, '&so=7-9')).toBeUndefined()
    expect(wantedOf(new Uint8Array([0b0100_0000]), '&so=0')).toBe(20)
    expect(wantedOf(new Uint8Array([0]), '&so=0')).toBe(0)
    expect(wantedOf(new Uint8Array([0xff, 0xff]), '&so=0')).toBeUndefined()
  })
})

test('a private torrent keeps only peers of trackers, of people, and those that came by themselves', () => {
  const origins: PeerOrigin[] = ['tracker', 'kademlia', 'chord', 'local', 'pex', 'incoming', 'given']
  const peers = origins.map((origin, port) => ({ endpoint: { host: '192.0.2.1', port: port + 1 }, origin }))
  expect(carriedPeers(peers, false)).toEqual(peers)
  expect(carriedPeers(peers, true).map(({ origin }) => origin)).toEqual(['tracker', 'incoming', 'given'])
})

describe('further trackers', () => {
  test('come behind those that are known, each once; none is no change', () => {
    const torrent = adopted(`&tr=${A}`)
    expect(withFurtherTrackers(torrent, [A])).toBeUndefined()
    const further = withFurtherTrackers(torrent, [B, A, B])
    expect(further?.trackers).toEqual([[A], [B]])
    expect(bytesEqual(sha1(info), adoptedTorrent(sha1(info), info, link(), 'linux').metainfo.infoHash)).toBe(true)
  })

  test('are bounded', () => {
    const many = Array.from({ length: MAX_TRACKERS + 50 }, (_, n) => `http://t${n}.example/`)
    expect(withFurtherTrackers(adopted(`&tr=${A}`), many)?.trackers.flat()).toHaveLength(MAX_TRACKERS)
  })
})

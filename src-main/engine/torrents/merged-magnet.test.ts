import { expect, test } from 'vitest'
import { MAX_MAGNET_PEERS, MAX_MAGNET_TRACKERS, parseMagnet } from '../../codec/magnet.ts'
import { mergedMagnet } from './merged-magnet.ts'

const HASH = 'ab'.repeat(20)
const link = (rest: string) => parseMagnet(`magnet:?xt=urn:btih:${HASH}${rest}`)

test('two links know more than one, the first one counts', () => {
  const first = link('&dn=First&tr=http://a.example/&x.pe=192.0.2.1:1&so=1')
  const second = link('&dn=Second&tr=http://b.example/&tr=http://a.example/&ws=http://w.example/&x.pe=192.0.2.2:2&so=2')
  expect(mergedMagnet(first, second)).toEqual(
    link(
      '&dn=First&tr=http://a.example/&tr=http://b.example/&ws=http://w.example/&x.pe=192.0.2.1:1&x.pe=192.0.2.2:2&so=1',
    ),
  )
  expect(mergedMagnet(link(''), second)).toEqual(second)
  expect(mergedMagnet(first, first)).toEqual(first)
})

test('within the limits of a link', () => {
  const numbers = (offset: number) => Array.from({ length: 80 }, (_, n) => n + offset)
  const some = (offset: number) => ({
    ...link(''),
    trackers: numbers(offset).map((n) => `http://t${n}.example/`),
    peers: numbers(offset).map((n) => ({ host: '192.0.2.1', port: n + 1 })),
  })
  const both = mergedMagnet(some(0), some(70))
  expect([both.trackers.length, both.peers.length]).toEqual([MAX_MAGNET_TRACKERS, MAX_MAGNET_PEERS])
  expect(both.trackers[0]).toBe('http://t0.example/')
})

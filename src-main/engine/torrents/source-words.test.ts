import { describe, expect, test } from 'vitest'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'
import { askedSources, listed, whyNoPeers } from './source-words.ts'

const source = (name: string, state: PeerSourceStatus['state'], message = '', nextAt?: number): PeerSourceStatus => ({
  ...{ name, state, message, tier: 0, seeds: undefined, leechers: undefined, peers: 0, nextAt },
})
const A = 'http://a.example/announce'
const B = 'udp://b.example:1'
const why = (sources: PeerSourceStatus[], changes = {}) =>
  whyNoPeers({ sources, connecting: 0, known: 0, now: 1_000, online: true, ...changes })

describe('what is asked', () => {
  test('by name, trackers by number; what is off, idle or only passive is left out', () => {
    const sources = [
      ...[source(A, 'failed'), source(B, 'idle'), source('DHT', 'working'), source('Local network', 'announcing')],
      source('Peer exchange', 'working'),
    ]
    expect(askedSources(sources)).toEqual(['DHT', 'local network', '2 trackers'])
    expect(askedSources([source(A, 'off'), source(B, 'working'), source('DHT', 'idle')])).toEqual(['1 tracker'])
    expect(askedSources([])).toEqual([])
  })

  test('as part of a sentence', () => {
    expect(listed(['DHT', 'local network', '2 trackers'])).toBe('the DHT, the local network and 2 trackers')
    expect(listed(['DHT', 'Chord'])).toBe('the DHT and Chord')
    expect(listed(['1 tracker'])).toBe('1 tracker')
    expect(listed([])).toBe('')
  })
})

describe('why nobody is connected', () => {
  test.each<[string, string]>([
    [why([], { connecting: 2, known: 9 }), 'Connecting to 2 of 9 known peers.'],
    [why([source(A, 'announcing'), source('DHT', 'announcing')]), 'Asking the DHT and 1 tracker for peers.'],
    [why([source(A, 'failed', 'no answer', 31_000)]), `No peers yet: ${A} failed (no answer). Next try in 30 s.`],
    [
      why([source(A, 'failed', 'no answer')], { online: false }),
      `No peers yet: ${A} failed (no answer). Shoal may only reach this machine now; allow the network in Settings, or start it without --offline.`,
    ],
    [
      why([source(A, 'failed', 'no answer', 31_000), source('DHT', 'working')]),
      `No peers yet: ${A} failed (no answer). Next try in 30 s. Meanwhile other sources are asked.`,
    ],
    [
      why([], { online: false }),
      'No peers on this machine, and Shoal may not use the network; allow it in Settings, or start it without --offline.',
    ],
    [
      why([source('DHT', 'working'), source(B, 'working')]),
      'No peers are known to the DHT and 1 tracker yet; asked again by itself.',
    ],
    [why([source(B, 'working')], { known: 1 }), 'No peer is connected; the one known is tried again by and by.'],
    [why([source(B, 'working')], { known: 4 }), 'No peer is connected; the 4 known are tried again by and by.'],
  ])('%s', (said, expected) => {
    expect(said).toBe(expected)
  })

  test('the time of the next try is coarse, so that rows do not change each second', () => {
    const said = (wait: number) => /Next try (.*?)\./.exec(why([source(A, 'failed', 'x', 1_000 + wait)]))?.[1]
    expect([-5, 0, 1, 10_000, 10_001, 60_000].map(said)).toEqual([
      'now',
      'now',
      'in 10 s',
      'in 10 s',
      'in 20 s',
      'in 60 s',
    ])
    expect([60_001, 120_000, 120_001, 1_800_000].map(said)).toEqual(['in 2 min', 'in 2 min', 'in 3 min', 'in 30 min'])
    const sentences = new Set(Array.from({ length: 1_800 }, (_, second) => said(1_000 * second)))
    expect(sentences.size).toBeLessThanOrEqual(37)
  })

  test('with no source at all the next step is named', () => {
    expect(why([source('DHT', 'idle')])).toMatch(/names no tracker.*Settings.*peer’s address\.$/)
  })
})

import { describe, expect, test } from 'vitest'
import type { TorrentRow } from '#shared/contract/torrents.ts'
import { bar, type Column, cut, fractionOf, hashingLine, isUnknown, seedingLine, table, torrentLine } from './words.ts'

const row: TorrentRow = {
  ...{ id: 'a'.repeat(40), name: 'n', state: 'downloading', reason: '', size: 3_000_000, done: 500_000, checked: 0 },
  selected: 2_000_000,
  ...{ downRate: 1_000_000, upRate: 0, downloaded: 500_000, uploaded: 0, seeds: 1, peers: 2, timeLeft: 1.5 },
  ...{ directory: '/d', private: false, addedAt: 0 },
}

const metadata = { since: 0, asking: ['DHT'], known: 2, connecting: 1, connected: 1, serving: 0, size: 0, received: 0 }

describe('lines about a torrent', () => {
  test.each([
    [{}, '[#####···············] 25.0 %  500 kB of 2.00 MB  1.00 MB/s  3 peers  2 s left'],
    [{ reason: 'Asking.' }, '[#####···············] 25.0 %  Asking.'],
    [{ state: 'checking', checked: 0.5 }, '[##########··········] 50.0 %  checking what is there'],
    [{ state: 'seeding', done: 2_000_000 }, '[####################] 100 %  2.00 MB of 2.00 MB'],
    [{ size: 0, selected: 0, done: 0, state: 'seeding' }, '[####################] 100 %  0 B of 0 B'],
    [{ state: 'fetching-metadata', metadata }, 'Looking for the metadata: asking DHT; 2 peers known, 1 connected'],
    [
      { state: 'fetching-metadata', metadata: { ...metadata, size: 40_000, received: 16_384 } },
      'Fetching the metadata: 16.4 kB of 40.0 kB',
    ],
  ] as const)('%j', (changes, line) => expect(torrentLine({ ...row, ...changes })).toBe(line))

  test('a long reason is cut to a line', () => {
    expect([...torrentLine({ ...row, reason: 'x'.repeat(500) })]).toHaveLength(100)
  })

  test('sharing', () =>
    expect(seedingLine({ ...row, upRate: 5_000, uploaded: 10_000 })).toBe(
      'Sharing with 3 peers  5.00 kB/s  10.0 kB sent',
    ))

  test('hashing', () =>
    expect(hashingLine(50, 100, 25)).toBe('[##########··········] 50.0 %  50 B of 100 B  25 B/s  2 s left'))
})

test('a bar stays within its cells', () => {
  expect([...bar(-1)].length).toBe(22)
  expect(bar(7)).toBe(bar(1))
})

test('cut counts letters, not code units', () => {
  expect(cut('日本語😀😀', 5)).toBe('日本語😀😀')
  expect(cut('日本語😀😀', 4)).toBe('日本語…')
})

test('a table is as wide as its widest cells, numbers to the right', () => {
  const columns: readonly Column<{ name: string; n: number }>[] = [
    { title: 'NAME', align: 'left', cell: ({ name }) => name },
    { title: 'N', align: 'right', cell: ({ n }) => String(n) },
  ]
  expect(
    table(columns, [
      { name: 'a', n: 1_000 },
      { name: 'longer', n: 2 },
    ]),
  ).toBe('NAME       N\na       1000\nlonger     2')
})

test('a magnet that is paused is not complete; a torrent of empty files is', () => {
  const { completedAt: _, ...open } = { ...row, state: 'paused' as const, size: 0, selected: 0, done: 0 }
  expect([isUnknown(open), fractionOf(open)]).toEqual([true, 0])
  const empty = { ...open, completedAt: 1 }
  expect([isUnknown(empty), fractionOf(empty)]).toEqual([false, 1])
})

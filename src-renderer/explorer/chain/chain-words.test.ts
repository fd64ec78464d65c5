import { describe, expect, test } from 'vitest'
import type { AppStatus, BlockRow, ChainInfo } from '../../client/types.ts'
import { chainStatusHint, chainStatusWords, keepsWords, networkRate, trustOf, visibleText } from './chain-words.ts'

const status = (state: AppStatus['chain']['state'], height = 50, headers = 200): AppStatus['chain'] => ({
  state,
  height,
  headers,
  peers: 3,
})

test.each([
  ['off', 'off', 'The chain is switched off.'],
  ['starting', 'opening', 'Block 50, 150 blocks left; 3 peers.'],
  ['rebuilding', 'rebuilding', 'Block 50, 150 blocks left; 3 peers.'],
  ['initial-sync', 'syncing 25.0 %', 'Block 50, 150 blocks left; 3 peers.'],
  ['synced', '50', 'Block 50, 150 blocks left; 3 peers.'],
  ['no-space', 'disk full', 'Block 50, 150 blocks left; 3 peers.'],
  ['failed', 'failed', 'The chain cannot be opened: the Explorer says why.'],
] as const)('the status bar on %s', (state, words, hint) => {
  expect(chainStatusWords(status(state))).toBe(words)
  expect(chainStatusHint(status(state))).toBe(hint)
})

test('the first block alone is no tip while there is nobody to hear of others from', () => {
  expect(chainStatusWords({ ...status('synced', 0, 0), peers: 0 })).toBe('no peers yet')
  expect(chainStatusWords(status('synced', 0, 0))).toBe('0')
  expect(chainStatusWords({ ...status('synced', 7, 7), peers: 0 })).toBe('7')
})

test('at the tip nothing is left, and before the first header no share is made up', () => {
  expect(chainStatusHint(status('synced', 200))).toBe('Block 200; 3 peers.')
  expect(chainStatusWords(status('initial-sync', 0, 0))).toBe('syncing')
})

test.each([
  [{ mode: 'archive' }, 'keeps every block'],
  [{ mode: 'pruned', keptFrom: 4_024 }, 'keeps blocks from 4,024 on'],
  [{ mode: 'pruned' }, 'keeps the newest blocks'],
  [{ mode: 'light', light: { filters: 9, sources: 0 } }, 'headers and filters, no source yet'],
  [{ mode: 'light', light: { filters: 9, sources: 1 } }, 'headers and filters, one source'],
  [{ mode: 'light', light: { filters: 9, sources: 3 } }, 'headers and filters, 3 sources that agree'],
] as const)('what a node keeps: %j', (info, words) => expect(keepsWords(info as ChainInfo)).toBe(words))

test.each([
  [0, 'Unconfirmed'],
  [1, 'Fresh, 1 block deep'],
  [5, 'Fresh, 5 blocks deep'],
  [6, 'Settled, 6 blocks deep'],
  [99, 'Settled, 99 blocks deep'],
  [100, 'Deeply settled, 100 blocks deep'],
])('%d confirmations', (confirmations, word) => expect(trustOf(confirmations).word).toBe(word))

describe('the hash rate of the network', () => {
  const row = (height: number, time: number): BlockRow => ({ id: String(height), height, time })

  test('is the work of the newest blocks over the time they took', () =>
    expect(networkRate([row(9, 1_180), row(8, 1_100), row(7, 1_000)], 9_000)).toBe(100))

  test('is not told from too few blocks, or from times that do not rise', () => {
    expect(networkRate([row(9, 1_180), row(8, 1_100)], 9_000)).toBeUndefined()
    expect(networkRate([row(9, 1_000), row(8, 1_000), row(7, 1_000)], 9_000)).toBeUndefined()
    expect(networkRate([], 1)).toBeUndefined()
  })
})

test('text from outside cannot steer what is around it', () => {
  expect(visibleText('a\u202Eb\u0007c\u2028d\u200B')).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFD')
  expect(visibleText('Müller & <b>')).toBe('Müller & <b>')
})

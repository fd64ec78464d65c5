import { expect, test } from 'vitest'
import { utf8 } from '../../kernel/bytes.ts'
import { MAX_TRACKER_TEXT, trackerText } from './tracker-text.ts'

test('a text of a tracker is one clean, short line', () => {
  expect(trackerText(utf8('  torrent\r\n not\u0000 \u001b[31mregistered\u202e \u2028ok '))).toBe(
    'torrent not [31mregistered ok',
  )
  expect(trackerText(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb')
  expect([...trackerText('🐟'.repeat(3 * MAX_TRACKER_TEXT))]).toHaveLength(MAX_TRACKER_TEXT)
  expect(trackerText(new Uint8Array(1_000_000).fill(0x78))).toHaveLength(MAX_TRACKER_TEXT)
  expect(trackerText('')).toBe('')
})

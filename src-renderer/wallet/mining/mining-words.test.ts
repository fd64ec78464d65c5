import { expect, test } from 'vitest'
import type { MinerStatus } from '../../client/types.ts'
import { expectedWords, pauseSentence } from './mining-words.ts'

test.each([
  [{}, '–'],
  [{ expectedSeconds: 0.2 }, 'under a second on average'],
  [{ expectedSeconds: 42 }, 'about 42 s on average'],
  [{ expectedSeconds: 10_800 }, 'about 3 h on average'],
  [{ expectedSeconds: 1e13 }, 'over 100 years on average'],
  [{ expectedSeconds: 1, blockInterval: 1_000 }, 'one every 1 s'],
] as const)('a block takes, by %j: %s', (status, words) => expect(expectedWords(status as MinerStatus)).toBe(words))

test('why it rests', () => {
  expect(pauseSentence({ state: 'paused', pausedBecause: 'battery' } as MinerStatus)).toContain('battery')
  expect(pauseSentence({ state: 'paused' } as MinerStatus)).toBe('')
  expect(pauseSentence({ state: 'mining', pausedBecause: 'battery' } as MinerStatus)).toBe('')
})

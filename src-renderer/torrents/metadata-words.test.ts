import { expect, test } from 'vitest'
import { sampleRow } from '../mock/sample.ts'
import { lastingWords, metadataOf, sourceWords, stageSentence } from './metadata-words.ts'

const NOTHING = { since: 0, asking: [], known: 0, connecting: 0, connected: 0, serving: 0, size: 0, received: 0 }

test.each([
  [[], ''],
  [['DHT'], 'the DHT'],
  [['DHT', '2 trackers'], 'the DHT and 2 trackers'],
  [['DHT', 'local network', 'given peers'], 'the DHT, the local network and given peers'],
])('%j', (asking, words) => expect(sourceWords(asking)).toBe(words))

test.each([
  [-5, 'a moment'],
  [59, 'a moment'],
  [60, '1 min'],
  [3_599, '59 min'],
  [3_600, '1 h'],
  [172_800, '2 d'],
])('%i s', (seconds, words) => expect(lastingWords(seconds)).toBe(words))

test('each stage has its sentence', () => {
  const stages = [{}, { known: 3 }, { known: 3, connecting: 1 }, { connected: 1 }, { serving: 1 }, { received: 16_384 }]
  const sentences = stages.map((stage) => stageSentence({ ...NOTHING, ...stage }))
  expect(new Set(sentences).size).toBe(stages.length)
  expect(sentences[0]).toContain('No peer')
})

test('only a torrent that fetches its metadata has some of it', () => {
  expect(metadataOf(sampleRow(1, { state: 'fetching-metadata', metadata: NOTHING }))).toBe(NOTHING)
  expect(metadataOf(sampleRow(1, { state: 'paused', metadata: NOTHING }))).toBeUndefined()
})

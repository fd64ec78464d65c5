import { expect, test } from 'vitest'
import { sampleRow } from '../mock/sample.ts'
import { canPause, canResume, said, toEach } from './actions.ts'

const rows = [sampleRow(1, { name: 'One' }), sampleRow(2), sampleRow(3)]

test('one torrent is named, several are counted', () => {
  expect(said('Paused', rows.slice(0, 1))).toBe('Paused “One”.')
  expect(said('Paused', rows)).toBe('Paused 3 torrents.')
})

test('a failure does not keep the others from their turn', async () => {
  const seen: string[] = []
  const failures = await toEach(rows, async (id) => {
    seen.push(id)
    if (id === rows[1]?.id) throw new Error('The disk is full.')
  })
  expect(seen).toEqual(rows.map((row) => row.id))
  expect(failures).toEqual(['The disk is full.'])
})

test.each([
  ['downloading', true, false],
  ['seeding', true, false],
  ['checking', true, false],
  ['paused', false, true],
  ['error', true, true],
  ['disk-full', true, true],
  ['data-missing', true, true],
] as const)('%s: pause %s, resume %s', (state, pause, resume) => {
  expect(canPause(sampleRow(1, { state }))).toBe(pause)
  expect(canResume(sampleRow(1, { state }))).toBe(resume)
})

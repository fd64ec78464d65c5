import { expect, test } from 'vitest'
import { readBirthday } from './birthday.ts'

const NOW = Date.parse('2026-11-22T20:00:00Z')

test.each([
  ['', { outcome: 'unknown' }],
  ['2026-11-22', { outcome: 'date', seconds: Date.parse('2026-11-21T00:00:00Z') / 1_000 }],
  ['1969-01-01', { outcome: 'date', seconds: 0 }],
])('%j', (text, read) => expect(readBirthday(text, NOW)).toEqual(read))

test.each(['2026-13-01', 'yesterday', '2027-01-01', '22.11.2026'])('%j is no day that it can be', (text) =>
  expect(readBirthday(text, NOW).outcome).toBe('problem'),
)

import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../kernel/clock.ts'
import { LONGEST_GAP, MAPPING_LIFE, MAX_CONTACTED, PROVEN_FOR, ServingJudge } from './serving.ts'

const stranger = (n: number) => `9.${n >> 8}.${n & 255}.1`

test('`on` serves from the first moment, `read-only` never', () => {
  expect(new ServingJudge('on').serves).toBe(true)
  const reader = new ServingJudge('read-only')
  for (let n = 0; n < 100; n++) expect(reader.queriedFrom(stranger(n), n * MINUTE)).toBe(false)
  expect(reader.serves).toBe(false)
})

describe('`auto`', () => {
  test('serves once strangers have asked for 15 minutes', () => {
    const judge = new ServingJudge('auto')
    for (let at = 0; at < PROVEN_FOR; at += MINUTE) {
      expect(judge.queriedFrom(stranger(at / MINUTE), at)).toBe(false)
      expect(judge.serves).toBe(false)
    }
    expect(judge.queriedFrom(stranger(1), PROVEN_FOR)).toBe(true)
    expect(judge.serves).toBe(true)
    expect(judge.queriedFrom(stranger(2), PROVEN_FOR + 1)).toBe(false)
  })

  test('a gap begins the time anew', () => {
    const judge = new ServingJudge('auto')
    for (let n = 0; n < 10; n++) judge.queriedFrom(stranger(n), n * MINUTE)
    const later = 9 * MINUTE + LONGEST_GAP + SECOND
    for (let n = 0; n < 15; n++) expect(judge.queriedFrom(stranger(n), later + n * MINUTE)).toBe(false)
    expect(judge.queriedFrom(stranger(15), later + PROVEN_FOR)).toBe(true)
  })

  test('two networks are not enough, however many addresses they have', () => {
    const judge = new ServingJudge('auto')
    for (let n = 0; n < 60; n++) expect(judge.queriedFrom(`9.9.${n % 2}.${n}`, n * MINUTE)).toBe(false)
  })

  test('whom we have asked ourselves lately proves nothing', () => {
    const judge = new ServingJudge('auto')
    for (let n = 0; n < 60; n++) {
      judge.sentTo(stranger(n % 5), n * MINUTE)
      expect(judge.queriedFrom(stranger(n % 5), n * MINUTE + MAPPING_LIFE - SECOND)).toBe(false)
    }
  })

  test('another network needs another proof', () => {
    const judge = new ServingJudge('auto')
    for (let n = 0; n <= 15; n++) judge.queriedFrom(stranger(n), n * MINUTE)
    expect(judge.serves).toBe(true)
    judge.reset()
    expect(judge.serves).toBe(false)
    for (let n = 20; n < 35; n++) expect(judge.queriedFrom(stranger(n), n * MINUTE)).toBe(false)
  })

  test('who was asked lately proves nothing either when more were asked since than are remembered', () => {
    const judge = new ServingJudge('auto')
    const minutes = Array.from({ length: 26 }, (_, n) => n)
    for (const n of minutes) judge.sentTo(stranger(n), 0)
    for (let n = 0; n < MAX_CONTACTED; n++) judge.sentTo(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, SECOND)
    const serves = minutes.map((n) => judge.queriedFrom(stranger(n), n * MINUTE))
    expect(serves.indexOf(true)).toBe((MAPPING_LIFE + PROVEN_FOR) / MINUTE)
  })

  test('remembers a bounded number of addresses, the last ones', () => {
    const judge = new ServingJudge('auto')
    for (let n = 0; n < MAX_CONTACTED + 100; n++) judge.sentTo(stranger(n), 0)
    expect(judge.size).toBe(MAX_CONTACTED)
  })
})

import { expect, test } from 'vitest'
import { mayName, reachOf } from './ip-reach.ts'

test.each([
  ['127.0.0.1', 0],
  ['127.9.9.9', 0],
  ['::1', 0],
  ['router.example', 0],
  ['10.0.0.1', 1],
  ['172.16.0.1', 1],
  ['192.168.1.1', 1],
  ['169.254.1.1', 1],
  ['fe80::1', 1],
  ['fd00::1', 1],
  ['9.9.9.9', 2],
  ['172.32.0.1', 2],
  ['2a00::1', 2],
] as const)('%s reaches %i', (host, reach) => {
  expect(reachOf(host)).toBe(reach)
})

test('somebody may name whom everybody reaches that reaches him', () => {
  expect([0, 1, 2].map((named) => mayName(2, named as 0 | 1 | 2))).toEqual([false, false, true])
  expect([0, 1, 2].map((named) => mayName(1, named as 0 | 1 | 2))).toEqual([false, true, true])
  expect([0, 1, 2].map((named) => mayName(0, named as 0 | 1 | 2))).toEqual([true, true, true])
})

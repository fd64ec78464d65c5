import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeAnchors, encodeAnchors, MAX_ANCHORS } from './anchors.ts'

const anchors = [
  { host: '8.8.8.8', port: 9_533 },
  { host: '2a01:4f8::1', port: 1 },
]

test('come back, two of them', () => {
  expect(decodeAnchors(encodeAnchors(anchors))).toEqual(anchors)
  expect(decodeAnchors(encodeAnchors([]))).toEqual([])
  expect(decodeAnchors(encodeAnchors([...anchors, ...anchors]))).toHaveLength(MAX_ANCHORS)
})

test('damaged ones are none', () => {
  const bytes = encodeAnchors(anchors)
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice()
    damaged[at] = (damaged[at] as number) ^ 1
    expect(decodeAnchors(damaged)).toEqual([])
    expect(decodeAnchors(bytes.subarray(0, at))).toEqual([])
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      expect(decodeAnchors(noise)).toEqual([])
    }),
    { seed: 81, numRuns: 300 },
  )
})

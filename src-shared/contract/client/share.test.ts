import { describe, expect, test } from 'vitest'
import { share } from './share.ts'

describe('structural sharing', () => {
  test('equal data is the old object', () => {
    const before = [{ id: 'a', files: [{ path: 'x', size: 1 }] }]
    expect(share(before, structuredClone(before))).toBe(before)
  })

  test('a changed row is new, its neighbours and its unchanged parts are old', () => {
    const before = [
      { id: 'a', size: 1, flags: { on: true } },
      { id: 'b', size: 2, flags: { on: false } },
    ]
    const after = share(before, [
      { id: 'a', size: 9, flags: { on: true } },
      { id: 'b', size: 2, flags: { on: false } },
    ])
    expect(after).not.toBe(before)
    expect(after[0]).toEqual({ id: 'a', size: 9, flags: { on: true } })
    expect(after[0]?.flags).toBe(before[0]?.flags)
    expect(after[1]).toBe(before[1])
  })

  test('rows with an id are found again wherever they stand', () => {
    const before = [{ id: 'a' }, { id: 'b' }]
    const after = share(before, [{ id: 'b' }, { id: 'c' }, { id: 'a' }])
    expect(after[0]).toBe(before[1])
    expect(after[2]).toBe(before[0])
    expect(after).toHaveLength(3)
  })

  test('a key that appears or goes makes a new object', () => {
    const before: { x?: number; y?: number } = { x: 1 }
    expect(share(before, { x: 1, y: 2 })).toEqual({ x: 1, y: 2 })
    expect(share(before, {})).toEqual({})
    expect(share(before, { y: 1 })).toEqual({ y: 1 })
  })

  test('NaN equals itself, and bytes are never taken apart', () => {
    const before = { n: Number.NaN, bytes: new Uint8Array([1]) }
    const after = share(before, { n: Number.NaN, bytes: new Uint8Array([1]) })
    expect(after).not.toBe(before)
    expect(after.bytes).toEqual(new Uint8Array([1]))
  })
})

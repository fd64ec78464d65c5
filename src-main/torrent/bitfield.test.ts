import { describe, expect, test } from 'vitest'
import { Bitfield } from './bitfield.ts'

describe('Bitfield', () => {
  test('puts the first piece into the highest bit (BEP 3)', () => {
    const bits = new Bitfield(10)
    bits.set(0)
    bits.set(9)
    expect([...bits.bytes]).toEqual([0x80, 0x40])
    expect(bits.count).toBe(2)
  })

  test('clears spare bits of what it is given and counts the rest', () => {
    const bits = new Bitfield(10, Uint8Array.of(0xff, 0xff))
    expect([...bits.bytes]).toEqual([0xff, 0xc0])
    expect(bits.complete).toBe(true)
  })

  test('says whether a change changed anything, and refuses pieces that are not there', () => {
    const bits = new Bitfield(3)
    expect([bits.set(2), bits.set(2), bits.clear(2), bits.clear(2)]).toEqual([true, false, true, false])
    expect(() => bits.set(3)).toThrow(RangeError)
    expect(() => new Bitfield(9, new Uint8Array(1))).toThrow(RangeError)
  })
})

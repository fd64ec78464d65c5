import { expect, test } from 'vitest'
import { Remembered } from './remembered.ts'

test('works a value out once while it is remembered, and forgets what was not asked for the longest', () => {
  const worked: string[] = []
  const remembered = new Remembered<number>(2)
  const ask = (name: string) =>
    remembered.get(name, () => {
      worked.push(name)
      return name.length
    })
  expect(['a', 'bb', 'a', 'ccc', 'a'].map(ask)).toEqual([1, 2, 1, 3, 1])
  expect(worked).toEqual(['a', 'bb', 'ccc'])
  expect(remembered.size).toBe(2)
  expect(ask('bb')).toBe(2)
  expect(worked).toEqual(['a', 'bb', 'ccc', 'bb'])
  expect(remembered.size).toBe(2)
})

test('a value that could not be worked out is not remembered', () => {
  const remembered = new Remembered<number>(2)
  const fail = () => {
    throw new Error('no')
  }
  expect(() => remembered.get('a', fail)).toThrow('no')
  expect(remembered.get('a', () => 7)).toBe(7)
})

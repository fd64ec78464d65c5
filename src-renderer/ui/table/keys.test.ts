import { expect, test } from 'vitest'
import { afterKey, type Key } from './keys.ts'
import { NOTHING_SELECTED, type Selection, selectOnly } from './selection.ts'

const order = Array.from({ length: 20 }, (_, index) => `row ${index}`)
const press = (selection: Selection, key: string, extra: Partial<Key> = {}) =>
  afterKey(selection, order, { key, ctrl: false, shift: false, ...extra }, 5)

test.each([
  ['ArrowDown', 'row 8'],
  ['ArrowUp', 'row 6'],
  ['PageDown', 'row 12'],
  ['PageUp', 'row 2'],
  ['Home', 'row 0'],
  ['End', 'row 19'],
])('%s goes to %s and selects it', (key, target) => {
  const after = press(selectOnly('row 7'), key)
  expect(after?.active).toBe(target)
  expect([...(after?.selected ?? [])]).toEqual([target])
})

test('Shift draws out, Ctrl walks, space toggles', () => {
  const out = press(selectOnly('row 7'), 'ArrowDown', { shift: true })
  expect(out?.selected.size).toBe(2)
  const walked = press(selectOnly('row 7'), 'ArrowDown', { ctrl: true })
  expect(walked).toMatchObject({ active: 'row 8', selected: new Set(['row 7']) })
  expect(press(walked ?? NOTHING_SELECTED, ' ')?.selected).toEqual(new Set(['row 7', 'row 8']))
})

test('Ctrl+A takes all, Escape none', () => {
  const all = press(NOTHING_SELECTED, 'a', { ctrl: true })
  expect(all?.selected.size).toBe(20)
  expect(press(all ?? NOTHING_SELECTED, 'Escape')?.selected.size).toBe(0)
})

test('keys the list has no use for are left to others', () => {
  expect(press(selectOnly('row 7'), 'a')).toBeUndefined()
  expect(press(selectOnly('row 7'), 'Delete')).toBeUndefined()
  expect(press(NOTHING_SELECTED, 'Escape')).toBeUndefined()
  expect(press(NOTHING_SELECTED, ' ')).toBeUndefined()
})

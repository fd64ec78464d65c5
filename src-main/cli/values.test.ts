import { expect, test } from 'vitest'
import { endpointOf, fractionOf, integerOf, pathOf, wordOf, wordsOf } from './values.ts'

const RANGE = { min: 2, max: 50_000 }
const COLOURS = ['red', 'green', 'blue'] as const

test('what is right is read', () => {
  expect(integerOf('50000', '--nodes', RANGE)).toBe(50_000)
  expect(fractionOf('0.25', '--fail')).toBe(0.25)
  expect(wordOf('green', '--colour', COLOURS)).toBe('green')
  expect(wordsOf('blue,red,blue', '--colours', COLOURS)).toEqual(['red', 'blue'])
  expect(endpointOf('[::1]:6881', '--peer')).toEqual({ host: '::1', port: 6881 })
  expect(pathOf('b', '/a')).toBe('/a/b')
})

test.each([
  [() => integerOf('-5', '--nodes', RANGE), '--nodes: "-5" will not do; give a whole number from 2 to 50000.'],
  [() => integerOf('50001', '--nodes', RANGE), '--nodes: "50001" will not do; give a whole number from 2 to 50000.'],
  [() => fractionOf('1', '--fail', 0.95), '--fail: "1" will not do; give a number from 0 to 0.95.'],
  [() => wordOf('pink', '--colour', COLOURS), '--colour: there is no "pink"; use red, green, blue.'],
  [() => wordsOf('red,', '--colours', COLOURS), '--colours: there is no ""; use red, green, blue.'],
  [() => endpointOf('here', '--peer'), '--peer: "here" is no HOST:PORT; write it like 127.0.0.1:6881.'],
  [() => pathOf('', '/a'), 'A path is empty; name a file or folder.'],
])('what is wrong is said, and what to do: %#', (read, sentence) => expect(read).toThrow(sentence))

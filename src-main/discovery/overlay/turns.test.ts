import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('so many run at once, first come first served', () => {
  const turns = new Turns(2)
  const ran: number[] = []
  const taken = [0, 1, 2, 3, 4].map((n) => turns.take(() => ran.push(n)))
  expect(ran).toEqual([0, 1])
  taken[1]?.end()
  taken[1]?.end()
  expect(ran).toEqual([0, 1, 2])
  taken[3]?.end()
  taken[0]?.end()
  expect(ran).toEqual([0, 1, 2, 4])
})

test('one that ends within its own turn makes way', () => {
  const turns = new Turns(1)
  const ran: string[] = []
  const first = turns.take(() => ran.push('first'))
  const second = turns.take(() => ran.push('second'))
  const third = turns.take(() => {
    ran.push('third')
    second.end()
  })
  first.end()
  second.end()
  expect(ran).toEqual(['first', 'second', 'third'])
  third.end()
  turns.take(() => ran.push('fourth'))
  expect(ran.at(-1)).toBe('fourth')
})

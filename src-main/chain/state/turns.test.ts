import { expect, test } from 'vitest'
import { MAX_WAITING_CHANGES, Turns } from './turns.ts'

test('one after the other, whatever becomes of the one before', async () => {
  const turns = new Turns()
  const order: number[] = []
  let release = () => {}
  const first = turns.take(async () => {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    order.push(1)
    throw new Error('the first fails')
  })
  const second = turns.take(() => order.push(2))
  await Promise.resolve()
  release()
  await expect(first).rejects.toThrow('the first fails')
  expect(await second).toBe(2)
  await turns.take(() => undefined)
  expect(order).toEqual([1, 2])
})

test('a bounded number waits', async () => {
  const turns = new Turns()
  const waiting = Array.from({ length: MAX_WAITING_CHANGES }, (_, i) => turns.take(() => i))
  await expect(turns.take(() => 0)).rejects.toMatchObject({ code: 'BUSY', fault: { limit: MAX_WAITING_CHANGES } })
  expect((await Promise.all(waiting)).length).toBe(MAX_WAITING_CHANGES)
  expect(await turns.take(() => 7)).toBe(7)
})

test('the last turn comes after those that wait, and none after it', async () => {
  const turns = new Turns()
  const order: string[] = []
  const before = turns.take(() => order.push('before'))
  const last = turns.close(() => {
    order.push('last')
  })
  await expect(turns.take(() => 0)).rejects.toMatchObject({ code: 'CLOSED' })
  await turns.close(() => {
    order.push('twice')
  })
  await Promise.all([before, last])
  expect(order).toEqual(['before', 'last'])
})

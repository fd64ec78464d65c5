import { expect, test } from 'vitest'
import { AddressFilter } from './address-filter.ts'

test('never denies what is there, and nearly always what is not', () => {
  const filter = new AddressFilter()
  const addresses = Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? `text ${i}` : 0x0a000001 + i * 65_536))
  for (const address of addresses) filter.add(address)
  filter.add(addresses[0] as string)
  expect(addresses.every((address) => filter.mayHave(address))).toBe(true)
  const strangers = Array.from({ length: 2_000 }, (_, i) => 0xc0000201 + i * 256)
  expect(strangers.filter((address) => filter.mayHave(address)).length).toBeLessThan(600)
  for (const address of addresses) filter.remove(address)
  expect(addresses.map((address) => filter.mayHave(address)).filter(Boolean)).toEqual([true])
  filter.clear()
  expect(filter.mayHave(addresses[0] as string)).toBe(false)
})

test('a slot that has been full stays full', () => {
  const filter = new AddressFilter()
  for (let i = 0; i < 300; i++) filter.add(1)
  for (let i = 0; i < 300; i++) filter.remove(1)
  expect(filter.mayHave(1)).toBe(true)
})

import { expect, test } from 'vitest'
import { labAddress } from './lab-addresses.ts'

test('the first 65,536 hosts are in as many networks, the next ones beside them', () => {
  const networks = new Set<string>()
  for (let n = 0; n < 65_536; n++) networks.add(labAddress(n).slice(0, -2))
  expect(networks.size).toBe(65_536)
  expect(labAddress(0)).toBe('10.0.0.1')
  expect(labAddress(65_536)).toBe('10.0.0.2')
  expect(new Set([1, 2, 3, 4, 5].map((n) => labAddress(n).split('.')[1])).size).toBe(5)
})

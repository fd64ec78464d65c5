import { expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { MAX_NAMES, withAddresses } from './named-peers.ts'

async function lookUp(endpoints: readonly Endpoint[], ended = () => false) {
  const sim = new Simulation({ seed: 1 })
  const { resolver } = sim.host()
  sim.name('two.example', '192.0.2.1', '2001:db8::1')
  for (let n = 0; n < MAX_NAMES + 5; n++) sim.name(`n${n}.example`, `192.0.2.${n + 10}`)
  const found: Endpoint[][] = []
  withAddresses(resolver, endpoints, ended, (some) => found.push([...some]))
  const atOnce = found.length
  await sim.run(MINUTE)
  await sim.stop()
  return { found, atOnce }
}

test('addresses at once, each name when it is looked up', async () => {
  const { found, atOnce } = await lookUp([
    { host: '192.0.2.7', port: 1 },
    { host: 'two.example', port: 2 },
    { host: 'nobody.invalid', port: 3 },
    { host: '2001:db8::7', port: 4 },
  ])
  expect(atOnce).toBe(1)
  expect(found).toEqual([
    [
      { host: '192.0.2.7', port: 1 },
      { host: '2001:db8::7', port: 4 },
    ],
    [
      { host: '192.0.2.1', port: 2 },
      { host: '2001:db8::1', port: 2 },
    ],
  ])
})

test('bounded, and silent once it is over', async () => {
  const many = Array.from({ length: MAX_NAMES + 5 }, (_, n) => ({ host: `n${n}.example`, port: 1 }))
  expect((await lookUp(many)).found).toHaveLength(1 + MAX_NAMES)
  expect((await lookUp(many, () => true)).found).toEqual([[]])
})

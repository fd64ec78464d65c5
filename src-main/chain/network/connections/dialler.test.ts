import { describe, expect, test } from 'vitest'
import type { Clock, Timer } from '../../../kernel/clock.ts'
import { SeededRandom } from '../../../simulation/random.ts'
import { AddressManager } from '../addrman/address-manager.ts'
import { DiscouragedAddresses } from '../discouraged-addresses.ts'
import { Services } from '../messages/index.ts'
import { netgroupOf } from '../netgroup.ts'
import type { Connection } from './connection.ts'
import { Dialler, LONGEST_RETRY, RETRY_AFTER } from './dialler.ts'

const START = 1_900_000_000_000

function setUp(anchors: readonly string[] = []) {
  let now = 0
  const never: Timer = { cancel() {} }
  const clock: Clock = { now: () => now, wallTime: () => START + now, after: () => never, every: () => never }
  const addresses = new AddressManager({ clock, random: SeededRandom.of(8) })
  const discouraged = new DiscouragedAddresses(clock)
  const dialler = new Dialler(addresses, discouraged, anchors.map(endpointOf))
  const know = (host: string, services: bigint) =>
    addresses.add([{ ...endpointOf(host), services, time: START / 1_000 }], { origin: 'manual' })
  const state = (connections: readonly Connection[] = []) => ({ connections, wallTime: clock.wallTime() })
  return { addresses, discouraged, dialler, know, state, wait: (time: number) => (now += time) }
}

function endpointOf(host: string) {
  return { host, port: 9_533 }
}

function connected(host: string, direction: Connection['direction']): Connection {
  const endpoint = endpointOf(host)
  return { endpoint, direction, netgroup: netgroupOf(endpoint) } as Connection
}

describe('whom to connect to', () => {
  test('anchors once and first, then what is known', () => {
    const { dialler, know, state } = setUp(['50.1.1.1', '50.2.1.1'])
    know('60.1.1.1', Services.WITNESS)
    expect(dialler.outgoing(state())?.host).toBe('50.1.1.1')
    expect(dialler.outgoing(state([connected('50.1.1.1', 'outgoing')]))?.host).toBe('50.2.1.1')
    expect(dialler.outgoing(state())?.host).toBe('60.1.1.1')
  })

  test('nobody of a network that we chose already, or connected, or discouraged, or without witnesses', () => {
    const { dialler, know, state, discouraged } = setUp()
    know('60.1.1.1', Services.NETWORK)
    expect(dialler.outgoing(state())).toBeUndefined()
    know('60.2.1.1', 0n)
    expect(dialler.outgoing(state())?.host).toBe('60.2.1.1')
    expect(dialler.outgoing(state([connected('60.2.7.7', 'outgoing')]))).toBeUndefined()
    expect(dialler.outgoing(state([connected('60.2.7.7', 'incoming')]))?.host).toBe('60.2.1.1')
    expect(dialler.outgoing(state([connected('60.2.1.1', 'incoming')]))).toBeUndefined()
    discouraged.add(endpointOf('60.2.1.1'))
    expect(dialler.outgoing(state())).toBeUndefined()
    expect(dialler.feeler(state())?.host).toBe('60.1.1.1')
  })

  test('one that failed only after a while, ever longer', () => {
    const { addresses, dialler, know, state, wait } = setUp()
    know('60.2.1.1', Services.WITNESS)
    const waits: number[] = []
    for (let i = 0; i < 3; i++) {
      addresses.attempted(endpointOf('60.2.1.1'))
      // Somebody else answers: it is not we who are cut off.
      wait(1_000)
      addresses.good(endpointOf('70.1.1.1'), 0n)
      let waited = 1_000
      while (waited < LONGEST_RETRY && dialler.outgoing(state()) === undefined) waited += 1_000 + 0 * wait(1_000)
      waits.push(waited)
    }
    expect(waits[0]).toBeGreaterThanOrEqual(RETRY_AFTER)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits[2]).toBeGreaterThan(waits[0] as number)
  })
})

/** How Shoals find each other's ring without being told of it, by local discovery or by Kademlia alone; and two at one address. */
import { describe, expect, test } from 'vitest'
import { ChordDaemon, untilWhole } from './support/chord-daemon.ts'
import { Machine } from './support/machine.ts'
import { exitsWell } from './support/peers.ts'

const LIMIT = 180_000
/** Two interfaces that are no loopback: multicast goes out by both, from the address of each. */
const ADDRESSES = ['10.201.0.1', '10.202.0.1'] as const
const INTERFACES = [
  'ip link add v0 type veth peer name v1',
  ...ADDRESSES.flatMap((address, n) => [`ip addr add ${address}/24 dev v${n}`, `ip link set v${n} up`]),
].join(' && ')

describe.concurrent('Shoals that were told of no ring, or of one at their own address', { timeout: 2 * LIMIT }, () => {
  test('find one by local discovery', async (context) => {
    const machine = await Machine.start(context)
    await exitsWell(machine, machine.run('interfaces', ['sh', '-c', INTERFACES]), LIMIT)
    const [first, second] = ADDRESSES.map((address, n) => new ChordDaemon(machine, `shoal ${n}`, address)) as [
      ChordDaemon,
      ChordDaemon,
    ]
    await first.startOnline('--local-discovery', 'on')
    await first.until('that it is a member', ({ phase }) => phase === 'member')
    await second.startOnline('--local-discovery', 'on')
    await untilWhole(machine, [first, second], LIMIT)
  })

  test('share the places of one address', async (context) => {
    const machine = await Machine.start(context)
    const [first, second] = [1, 2].map((n) => new ChordDaemon(machine, `shoal ${n}`, '127.0.0.1')) as [
      ChordDaemon,
      ChordDaemon,
    ]
    await first.start()
    await first.until('that it is a member', ({ phase }) => phase === 'member')
    await second.start('--chord-join', first.endpoint)
    await untilWhole(machine, [first, second], LIMIT)
    const slots = [first, second].flatMap(({ ring }) => (ring?.virtualNodes ?? []).map(({ slot }) => slot))
    expect(new Set(slots).size).toBe(slots.length)
  })

  test('find one by Kademlia', async (context) => {
    const machine = await Machine.start(context)
    const router = new ChordDaemon(machine, 'router', '127.1.0.1')
    await router.start('--dht', 'on', '--chord', 'off')
    const [first, second] = [2, 3].map((n) => new ChordDaemon(machine, `shoal ${n}`, `127.${n}.0.1`)) as [
      ChordDaemon,
      ChordDaemon,
    ]
    await first.start('--dht', 'on', '--bootstrap', router.endpoint)
    await first.until('that it is a member', ({ phase }) => phase === 'member')
    await second.start('--dht', 'on', '--bootstrap', router.endpoint)
    await untilWhole(machine, [first, second], LIMIT)
  })
})

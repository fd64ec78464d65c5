import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../../kernel/bytes.ts'
import type { Log } from '../../../kernel/log.ts'
import { SeededRandom } from '../../../simulation/random.ts'
import { hash256 } from '../../primitives/hashes.ts'
import { ManualClock, WALL_TIME } from '../../test-support/stream-fakes.ts'
import { AddressManager } from './address-manager.ts'
import { MAX_SAVED_BYTES, openAddresses, saveAddresses } from './saved-addresses.ts'

const NOW = WALL_TIME / 1_000

function opening(saved: Uint8Array | undefined, seed = 9) {
  const lines: string[] = []
  const log: Log = { write: (level, event) => lines.push(`${level}: ${event}`), child: () => log }
  const addresses = openAddresses(saved, { clock: new ManualClock(), random: SeededRandom.of(seed), log })
  return { addresses, lines }
}

/** Public and private, tried and not, of every origin. */
function full(count: number): AddressManager {
  const addresses = new AddressManager({ clock: new ManualClock(), random: SeededRandom.of(1) })
  const origins = ['manual', 'tracker', 'kademlia', 'chord', 'local', 'pex'] as const
  for (let i = 0; i < count; i++) {
    const host =
      i % 5 === 0 ? `192.168.0.${i % 250}` : i % 7 === 0 ? `2a01:4f8:${i}::1` : `${20 + (i % 90)}.${i % 250}.1.1`
    const entry = { time: NOW - i, services: BigInt(i) << 3n, host, port: 1 + i }
    addresses.add([entry], i % 2 === 0 ? { origin: 'gossip', host } : { origin: origins[i % 6] as 'manual' })
    addresses.attempted({ host, port: 1 + i })
    if (i % 3 === 0) addresses.good({ host, port: 1 + i }, 9n)
  }
  return addresses
}

const plain = ({ known }: AddressManager) =>
  [...known]
    .map(({ endpoint, origin, sourceGroup, services, time, lastTry, lastSuccess, attempts, triedSlot }) => ({
      ...{ endpoint, origin, sourceGroup, services, time, lastTry, lastSuccess, attempts },
      isTried: triedSlot !== undefined,
    }))
    .sort((a, b) => a.endpoint.port - b.endpoint.port)

describe('saved addresses', () => {
  test('come back with their tables, key and history', () => {
    const before = full(1_000)
    expect(before.triedCount).toBeGreaterThan(300)
    const saved = saveAddresses(before)
    expect(saved.length).toBeLessThanOrEqual(MAX_SAVED_BYTES)
    const { addresses, lines } = opening(saved)
    expect(plain(addresses)).toEqual(plain(before))
    expect(addresses.key).toEqual(before.key)
    expect(addresses.buckets).toEqual(before.buckets)
    expect(saveAddresses(addresses).length).toBe(saved.length)
    expect(lines).toEqual([])
  })

  test('an address that many had named comes back with the first', () => {
    const before = full(0)
    for (let i = 0; i < 200; i++)
      before.add([{ time: NOW - 10_000 + i, services: 0n, host: '8.8.8.8', port: 1 }], {
        origin: 'gossip',
        host: `${20 + i}.1.1.1`,
      })
    expect(before.buckets.new).toBeGreaterThan(1)
    const { addresses } = opening(saveAddresses(before))
    expect([addresses.size, addresses.buckets.new]).toEqual([1, 1])
  })

  test('nothing saved is an empty set with a key of its own', () => {
    const [one, two] = [opening(undefined, 1), opening(undefined, 2)]
    expect([one.addresses.size, one.lines]).toEqual([0, []])
    expect(one.addresses.key).not.toEqual(two.addresses.key)
  })
})

describe('damage', () => {
  const saved = saveAddresses(full(20))
  const SAID = ['warn: the saved addresses of nodes are damaged: they will be found anew']

  /** With its checksum made right again: what only a mistake of ours, or an older or newer form, would be. */
  const sealed = (body: Uint8Array) => concatBytes([body, hash256(body)])

  function expectEmpty(bytes: Uint8Array): void {
    const { addresses, lines } = opening(bytes)
    expect([addresses.size, lines]).toEqual([0, SAID])
  }

  test('any changed bit and any missing end: an empty set, and the log says so', () => {
    for (let at = 0; at < saved.length; at += 3) {
      const damaged = saved.slice()
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8))
      expectEmpty(damaged)
      expectEmpty(saved.subarray(0, at))
    }
  })

  test('any bytes under a right checksum are read or dropped', () => {
    const body = saved.subarray(0, -32)
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = body.slice()
        changed[at % changed.length] = value
        const { addresses, lines } = opening(sealed(changed))
        if (lines.length > 0) expect([addresses.size, lines]).toEqual([0, SAID])
        else expect(addresses.size).toBeLessThanOrEqual(20)
      }),
      { seed: 82, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 300 },
    )
  })

  test('another format, and more than can be', () => {
    const later = saved.slice(0, -32)
    later[0] = 2
    expectEmpty(sealed(later))
    expectEmpty(sealed(new Uint8Array(MAX_SAVED_BYTES)))
    expectEmpty(sealed(concatBytes([saved.subarray(0, -32), Uint8Array.of(0)])))
  })
})

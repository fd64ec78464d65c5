import { expect, test } from 'vitest'
import type { Endpoint } from '../kernel/network.ts'
import type { PeerSource } from '../kernel/peer-source.ts'
import { SeededRandom } from '../simulation/random.ts'
import { onlySource, PEERS_TOLD, Roster } from './roster.ts'

const subject = {
  infoHash: new Uint8Array(20),
  peerId: new Uint8Array(20),
  port: () => 1,
  totals: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
}

function askedBy(source: PeerSource): string[] {
  const told: string[] = []
  source.follow(subject, (endpoints) => told.push(...endpoints.map(({ host }) => host)))
  return told
}

const endpointOf = (n: number): Endpoint => ({ host: `10.0.0.${n}`, port: 6881 })

test('a newcomer is told of those before it, never of itself, and of no more than a handful', () => {
  const roster = new Roster(SeededRandom.of(1))
  const answers = Array.from({ length: 100 }, (_, n) => askedBy(roster.sourceFor(endpointOf(n))))
  for (const [n, hosts] of answers.entries()) {
    expect(hosts).toHaveLength(Math.min(n, PEERS_TOLD))
    expect(new Set(hosts).size).toBe(hosts.length)
    for (const host of hosts) expect(Number(host.split('.')[3])).toBeLessThan(n)
  }
  expect(new Set(answers.flat()).size).toBeGreaterThan(90)
})

test('the server alone', () => {
  expect(askedBy(onlySource(endpointOf(7)))).toEqual(['10.0.0.7'])
})

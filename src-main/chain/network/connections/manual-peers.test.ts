import { expect, test } from 'vitest'
import { FIRST_RETRY, LAST_RETRY, ManualPeers } from './manual-peers.ts'

const endpoint = { host: '10.0.0.1', port: 29_533 }

test('tried at once, then ever less often, and soon again after it was there', () => {
  const peers = new ManualPeers()
  peers.add(endpoint, 0)
  let now = 0
  const waits: number[] = []
  for (let i = 0; i < 12; i++) {
    expect(peers.due(now)).toEqual([endpoint])
    expect(peers.due(now + LAST_RETRY)).toEqual([])
    peers.lost(endpoint, now)
    const before = now
    while (peers.due(now).length === 0) now += 500
    waits.push(now - before)
    peers.lost(endpoint, before)
    now = before + LAST_RETRY * 20
  }
  expect(waits[0]).toBe(FIRST_RETRY)
  expect(waits.at(-1)).toBe(LAST_RETRY)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  expect(peers.due(now)).toEqual([endpoint])
  peers.reached(endpoint)
  peers.lost(endpoint, now)
  expect(peers.due(now + FIRST_RETRY)).toEqual([endpoint])
})

test('naming it again tries it at once', () => {
  const peers = new ManualPeers()
  peers.add(endpoint, 0)
  peers.due(0)
  peers.lost(endpoint, 0)
  expect(peers.due(1)).toEqual([])
  peers.add(endpoint, 1)
  expect(peers.due(1)).toEqual([endpoint])
  peers.delete(endpoint)
  peers.lost(endpoint, 1)
  expect([peers.endpoints, peers.has(endpoint)]).toEqual([[], false])
})

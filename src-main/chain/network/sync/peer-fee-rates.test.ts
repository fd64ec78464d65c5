import { expect, test } from 'vitest'
import type { Peer } from '../peer.ts'
import { NOTHING_WANTED } from '../relay/fee-filters.ts'
import { MAX_BELIEVED_FEE_RATE, PeerFeeRates } from './peer-fee-rates.ts'

function world() {
  const told: number[] = []
  const rates = new PeerFeeRates((rate) => told.push(rate))
  const peers = Array.from({ length: 5 }, () => ({}) as Peer)
  return { told, peers, say: (peer: number, rate: bigint) => rates.received(peers[peer] as Peer, rate), rates }
}

test('the upper one of the middle counts, and is told when it changes', () => {
  const { told, say, rates, peers } = world()
  say(0, 1_000n)
  say(1, 5_000n)
  say(2, 2_000n)
  say(3, 2_000n)
  expect(told).toEqual([1_000, 5_000, 2_000])
  rates.left(peers[2] as Peer)
  rates.left(peers[3] as Peer)
  expect(told).toEqual([1_000, 5_000, 2_000, 5_000])
  rates.left(peers[1] as Peer)
  rates.left(peers[0] as Peer)
  rates.left(peers[0] as Peer)
  expect(told.slice(-2)).toEqual([1_000, 0])
})

test('one that takes nothing, or asks for the moon, is not believed, and what it said before is forgotten', () => {
  const { told, say } = world()
  say(0, BigInt(MAX_BELIEVED_FEE_RATE))
  say(0, BigInt(MAX_BELIEVED_FEE_RATE) + 1n)
  say(1, NOTHING_WANTED)
  say(2, -1n)
  expect(told).toEqual([MAX_BELIEVED_FEE_RATE, 0])
})

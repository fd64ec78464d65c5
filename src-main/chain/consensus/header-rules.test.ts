import { describe, expect, test } from 'vitest'
import { BlockHeader } from '../primitives/header.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { type BlockParts, solve } from '../test-support/block-builder.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { DESKTOP_RULE, nextBits } from './difficulty.ts'
import { earliestTime, headerFault, medianTime } from './header-rules.ts'
import { allFrom, type ChainNetwork } from './network.ts'
import { networks } from './networks.ts'

const local = networks.local
const HOUR = 3_600

/** A chain of nine blocks, ten minutes each, its last an hour before its parent where the network lets it. */
function chainOf(network: ChainNetwork): TestChain {
  const chain = new TestChain(network)
  for (let i = 0; i < 9; i++) chain.mine({ header: { time: chain.tip.header.time + 600 } })
  return chain
}

function faultOf(chain: TestChain, header: BlockParts['header'], now = Infinity) {
  return headerFault(chain.next(header ? { header } : {}).header, chain.ancestry(), chain.network, now)
}

describe('a header after its parent', () => {
  const chain = chainOf(local)
  const { time } = chain.tip.header

  test('is good', () => expect(faultOf(chain, {})).toBeUndefined())

  test('has a hash that meets its bits', () => {
    const good = chain.next().header
    const tried = Array.from({ length: 64 }, (_, nonce) => rebuilt(good, { nonce }))
    const missed = tried.find((header) => solve(header).nonce !== header.nonce) as BlockHeader
    expect(headerFault(missed, chain.ancestry(), local, Infinity)).toEqual({ reason: 'high-hash', kind: 'invalid' })
  })

  test.each([
    ['no target', 0],
    ['a negative target', 0x2080_0001],
    ['a target beyond 256 bits', 0x2300_0001],
    ['a target above the limit', 0x2100_ffff],
  ])('does not have %s', (_name, bits) => {
    const good = chain.next().header
    expect(headerFault(rebuilt(good, { bits }), chain.ancestry(), local, Infinity)?.reason).toBe('high-hash')
  })

  test('has the bits that the rule of the network asks for', () => {
    expect(faultOf(chain, { bits: 0x207f_fffe })).toEqual({ reason: 'bad-diffbits', kind: 'invalid' })
    const network = { ...local, proofOfWork: { ...local.proofOfWork, difficulty: DESKTOP_RULE } }
    const quick = new TestChain(network)
    // The limit is the first block's target, so blocks must come quicker than they should for it to change.
    quick.mine({ header: { time: quick.tip.header.time + 1 } })
    const bits = nextBits(DESKTOP_RULE, quick.ancestry(), network.proofOfWork.limit)
    expect(bits).toBeLessThan(0x207f_ffff)
    expect(faultOf(quick, { bits })).toBeUndefined()
    expect(faultOf(quick, {})?.reason).toBe('bad-diffbits')
  })

  test('is later than its parent where the network says so', () => {
    expect(faultOf(chain, { time: time + 1 })).toBeUndefined()
    expect(faultOf(chain, { time })).toEqual({ reason: 'time-too-old', kind: 'invalid' })
    expect(earliestTime(chain.ancestry(), local)).toBe(time + 1)
  })

  test('is later than the median of eleven where the network says so', () => {
    const network = { ...local, headerTime: { ...local.headerTime, aboveParent: false, aboveMedian: true } }
    const other = chainOf(network)
    const median = other.medianTimePastAt(other.height)
    expect(median).toBe(local.genesis.header.time + 5 * 600)
    expect(faultOf(other, { time: median })).toEqual({ reason: 'time-too-old', kind: 'invalid' })
    expect(faultOf(other, { time: median + 1 })).toBeUndefined()
    expect(earliestTime(other.ancestry(), network)).toBe(median + 1)
  })

  test('both rules on old times hold where both are asked for', () => {
    const network = { ...local, headerTime: { ...local.headerTime, aboveParent: true, aboveMedian: true } }
    const other = chainOf(network)
    expect(faultOf(other, { time: other.tip.header.time })?.reason).toBe('time-too-old')
    expect(earliestTime(other.ancestry(), network)).toBe(other.tip.header.time + 1)
  })

  test('may be good later where it is too far ahead of our clock', () => {
    const furthest = local.headerTime.furthestAhead
    const at = time + HOUR
    expect(faultOf(chain, { time: at }, at - furthest)).toBeUndefined()
    expect(faultOf(chain, { time: at }, at - furthest - 1)).toEqual({ reason: 'time-too-new', kind: 'later' })
  })

  test.each([
    ['bip34', 1, 2],
    ['bip66', 2, 3],
    ['bip65', 3, 4],
  ] as const)('has a version not below what %s asked for, from its height on', (rule, version, lowest) => {
    const network = { ...local, activation: { ...allFrom(Infinity), [rule]: 10 } }
    const other = chainOf(network)
    const refused = { reason: `bad-version(0x0000000${version})`, kind: 'invalid' }
    expect(other.height).toBe(9)
    expect(faultOf(other, { version })).toEqual(refused)
    expect(faultOf(other, { version: lowest })).toBeUndefined()
    expect(faultOf(other.fork(8), { version })).toBeUndefined()
  })

  test('a version is signed', () => expect(faultOf(chain, { version: -1 })?.reason).toBe('bad-version(0xffffffff)'))

  test('is told the first rule broken in the order of Bitcoin Core', () => {
    const header = { version: 1, bits: 0x207f_fffe, time }
    expect(faultOf(chain, header)?.reason).toBe('bad-diffbits')
    expect(faultOf(chain, { version: 1, time })?.reason).toBe('time-too-old')
    expect(faultOf(chain, { version: 1, time: time + 1 }, 0)?.reason).toBe('time-too-new')
    expect(faultOf(chain, { version: 1 })?.reason).toBe('bad-version(0x00000001)')
  })
})

test('the median is the middle one, and of an even number the later of two', () => {
  expect(medianTime([7])).toBe(7)
  expect(medianTime([1, 9])).toBe(9)
  expect(medianTime([9, 1, 5])).toBe(5)
  expect(medianTime([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toBe(6)
})

test('Bitcoin has no rule on the time of the parent', () => {
  const chain = chainOf({ ...bitcoinMain, proofOfWork: local.proofOfWork, genesis: local.genesis })
  expect(faultOf(chain, { time: chain.tip.header.time - 600 })).toBeUndefined()
})

/** The same header with other fields, its nonce as it is. */
function rebuilt(header: BlockHeader, fields: NonNullable<BlockParts['header']>): BlockHeader {
  const { version, previous, merkleRoot, time, bits, nonce } = header
  return new BlockHeader({ version, previous, merkleRoot, time, bits, nonce, ...fields })
}

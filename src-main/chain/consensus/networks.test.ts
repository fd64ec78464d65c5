import { describe, expect, test } from 'vitest'
import { textOf } from '../../kernel/bytes.ts'
import { displayHash } from '../primitives/hashes.ts'
import { merkleRoot } from '../primitives/merkle.ts'
import { bitsFromTarget, targetFromBits } from '../primitives/target.ts'
import { bitcoinMain, bitcoinRegtest } from '../test-support/bitcoin-networks.ts'
import { genesisBlock } from './genesis.ts'
import { allFrom, type ChainNetwork, isActive, subsidyAt } from './network.ts'
import { knownAddresses, networks } from './networks.ts'

const MAX_MONEY = 2_100_000_000_000_000n
const ours = Object.values(networks)

describe('first blocks', () => {
  const fixed: readonly (readonly [ChainNetwork, string, string])[] = [
    [
      networks.main,
      '00000014678ed19d4b021764e8d93b7d922831c1b39d281995f50ff65cc61a71',
      'e32ff04c534af341599043b7fa6858301a9c4f08547ad686dc6e0d9fc8f84e1f',
    ],
    [
      networks.test,
      '0000003c74f8540f3fc1bed5df155765d5a5981e4fc915cd57054a8f2083f908',
      '5ba3a35e9781a48a0dbc1639b900b734866673178f40d7e9b5cad66d0f6da3af',
    ],
    [
      networks.local,
      '45b01cbc0753662b39f4e5a834f9b054af03da8a111088f652a195f97dd7f96a',
      'a4d65d861d0fe96945f42661bc615b568e21114e1f5508a99b7b351a02c7251e',
    ],
    [
      bitcoinMain,
      '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
      '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
    ],
    [
      bitcoinRegtest,
      '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
      '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
    ],
  ]
  test.each(fixed)('never change, and have their proof of work: $name', ({ genesis, proofOfWork }, hash, root) => {
    expect(displayHash(genesis.hash)).toBe(hash)
    expect(displayHash(genesis.header.merkleRoot)).toBe(root)
    expect(merkleRoot(genesis.transactions.map(({ txid }) => txid)).root).toEqual(genesis.header.merkleRoot)
    expect(genesis.header.hasProofOfWork(proofOfWork.limit)).toBe(true)
    expect(targetFromBits(genesis.header.bits)).toBe(proofOfWork.limit)
    expect(bitsFromTarget(proofOfWork.limit)).toBe(genesis.header.bits)
  })

  test.each(ours)('$name: says when it was made, and pays the first subsidy to nobody', (network) => {
    const [coinbase] = network.genesis.transactions
    expect(coinbase?.isCoinbase).toBe(true)
    const scriptSig = coinbase?.inputs[0]?.scriptSig as Uint8Array
    expect(scriptSig[0]).toBe(scriptSig.length - 1)
    expect(textOf(scriptSig.subarray(1))).toBe(`Shoal ${network.name}, 22/Nov/2026: many small fish, one way`)
    expect(new Date(network.genesis.header.time * 1000).toISOString()).toBe('2026-11-22T00:00:00.000Z')
    expect(coinbase?.outputs).toEqual([{ value: subsidyAt(network, 0), scriptPubKey: Uint8Array.of(0x6a) }])
  })

  test('hold a sentence that fits one push', () => {
    const fields = { time: 0, bits: 0, nonce: 0, subsidy: 0n }
    expect(genesisBlock({ ...fields, sentence: 'x'.repeat(75) }).transactions).toHaveLength(1)
    expect(() => genesisBlock({ ...fields, sentence: 'x'.repeat(76) })).toThrow(RangeError)
  })
})

describe('parameters', () => {
  test('tell the networks apart by name, magic, port, prefix and first block', () => {
    const all = [...ours, bitcoinMain, bitcoinRegtest]
    const keys: readonly ((network: ChainNetwork) => string)[] = [
      ({ name }) => name,
      ({ magic }) => magic.join(),
      ({ port }) => String(port),
      ({ addresses }) => addresses.hrp,
      ({ genesis }) => displayHash(genesis.hash),
    ]
    for (const key of keys) expect(new Set(all.map(key)).size).toBe(all.length)
    for (const [name, network] of Object.entries(networks)) {
      expect(network.name).toBe(name)
      expect(knownAddresses).toContain(network.addresses)
    }
  })

  test.each(ours)('$name: every rule from block 1 on', (network) => {
    expect(network.activation).toEqual(allFrom(1))
    expect([isActive(network, 'bip141', 0), isActive(network, 'bip141', 1)]).toEqual([false, true])
  })

  test('a rule of Bitcoin begins at its height, or never', () => {
    expect([isActive(bitcoinMain, 'bip66', 363_724), isActive(bitcoinMain, 'bip66', 363_725)]).toEqual([false, true])
    expect(isActive(bitcoinMain, 'bip54', 10_000_000)).toBe(false)
    expect([isActive(bitcoinRegtest, 'bip65', 1_350), isActive(bitcoinRegtest, 'bip65', 1_351)]).toEqual([false, true])
  })
})

describe('the subsidy', () => {
  test.each([...ours, bitcoinMain])(
    '$name: is halved to nothing, and all of it is under 21,000,000 coins',
    (network) => {
      const { first, halvingInterval } = network.subsidy
      expect(subsidyAt(network, halvingInterval - 1)).toBe(first)
      expect(subsidyAt(network, halvingInterval)).toBe(first / 2n)
      let sum = 0n
      for (let era = 0; era < 100; era++) sum += subsidyAt(network, era * halvingInterval) * BigInt(halvingInterval)
      expect(sum <= MAX_MONEY).toBe(true)
      expect(sum > (MAX_MONEY * 99n) / 100n).toBe(true)
      expect(subsidyAt(network, 64 * halvingInterval)).toBe(0n)
      expect(subsidyAt(network, 0xffff_ffff)).toBe(0n)
    },
  )
})

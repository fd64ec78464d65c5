/** Across restarts, by what Bitcoin Core tests in mempool_persist. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'
import { networks } from '../consensus/networks.ts'
import { sha256 } from '../primitives/hashes.ts'
import { MempoolFixture, pay } from '../test-support/mempool-fixture.ts'
import { coinOf } from '../test-support/test-keys.ts'
import { decodeMempool, encodeMempool, MempoolFileError } from './mempool-file.ts'
import { EXPIRY_SECONDS } from './policy.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const { magic } = networks.local

/** The code of the error. */
function faultOf(bytes: Uint8Array): string {
  try {
    decodeMempool(magic, bytes)
    return 'none'
  } catch (error) {
    if (error instanceof MempoolFileError) return error.code
    throw error
  }
}

const sealed = (content: Uint8Array) => concatBytes([content, sha256(content)])

/** Parent, child and another one; the child is the oldest of them in the mempool by a reorganisation. */
async function filled() {
  const fixture = new MempoolFixture()
  const parent = pay([fixture.coin(1)], 1_000)
  const child = pay([coinOf(parent, 0)], 1_000)
  const other = pay([fixture.coin(2)], 1_000)
  fixture.mine([parent])
  await fixture.acceptAll([child])
  fixture.now += 100
  await fixture.acceptAll([other])
  fixture.reorganise(1, [[], []])
  return { fixture, transactions: [parent, child, other] as const }
}

describe('a saved mempool', () => {
  test('is taken up again with the times of entry', async () => {
    const { fixture, transactions } = await filled()
    const [, child] = transactions
    const again = new MempoolFixture({ chain: fixture.chain })
    expect(await again.mempool.load(fixture.mempool.dump(), fixture.now + 50)).toEqual({ loaded: 3, dropped: 0 })
    expect(transactions.map((transaction) => again.has(transaction))).toEqual([true, true, true])
    const times = transactions.map(({ txid }) => again.mempool.find(txid)?.entered)
    expect(times).toEqual([fixture.now, fixture.now - 100, fixture.now])
    expect(again.mempool.find(child.txid)?.ancestors.count).toBe(2)
    expect(toHex(again.mempool.dump())).toBe(toHex(fixture.mempool.dump()))
  })

  test('what is too old, in a block or no longer good is not', async () => {
    const { fixture, transactions } = await filled()
    const bytes = fixture.mempool.dump()
    const [parent, child, other] = transactions
    fixture.chain.mine({ transactions: [pay([fixture.coin(1)], 50)] })
    const again = new MempoolFixture({ chain: fixture.chain })
    expect(await again.mempool.load(bytes, fixture.now)).toEqual({ loaded: 1, dropped: 2 })
    expect([parent, child, other].map((transaction) => again.has(transaction))).toEqual([false, false, true])
    const late = new MempoolFixture({ chain: fixture.chain })
    expect(await late.mempool.load(bytes, fixture.now + EXPIRY_SECONDS)).toEqual({ loaded: 0, dropped: 3 })
  })

  test('a time of entry in the future is now', async () => {
    const { fixture, transactions } = await filled()
    const again = new MempoolFixture({ chain: fixture.chain })
    await again.mempool.load(fixture.mempool.dump(), 1_000)
    expect(again.mempool.find(transactions[0].txid)?.entered).toBe(1_000)
  })

  test('damage is said, and nothing is taken', async () => {
    const { fixture } = await filled()
    const bytes = fixture.mempool.dump()
    const damaged = bytes.slice()
    damaged[60] = (damaged[60] as number) ^ 1
    const again = new MempoolFixture({ chain: fixture.chain })
    const outcome = await again.mempool.load(damaged, fixture.now)
    expect(outcome).toMatchObject({ loaded: 0, dropped: 0, error: { code: 'DAMAGED' } })
    expect(outcome.error?.message).toContain('The saved mempool is damaged.')
    expect(again.mempool.size).toBe(0)
  })
})

describe('its bytes', () => {
  test('an empty one', () => {
    const content = fromHex('534c4d5001fc53484c00')
    expect(toHex(encodeMempool(magic, []))).toBe(toHex(sealed(content)))
    expect(decodeMempool(magic, sealed(content))).toEqual([])
  })

  test('of another version, network or kind', () => {
    expect(faultOf(sealed(fromHex('534c4d5002fc53484c00')))).toBe('OTHER_VERSION')
    expect(faultOf(sealed(fromHex('534c4d5001fb53484c00')))).toBe('OTHER_NETWORK')
    expect(faultOf(sealed(fromHex('534c4d5101fc53484c00')))).toBe('DAMAGED')
    expect(faultOf(new Uint8Array(0))).toBe('DAMAGED')
  })

  test('cut anywhere, or with anything in it that was sealed, they are refused by a code', async () => {
    const { fixture } = await filled()
    const bytes = fixture.mempool.dump()
    for (let length = 0; length < bytes.length; length++) expect(faultOf(bytes.subarray(0, length))).toBe('DAMAGED')
    const content = bytes.subarray(0, -32)
    for (let length = 10; length < content.length; length++)
      expect(faultOf(sealed(content.subarray(0, length)))).toBe('DAMAGED')
    fc.assert(
      fc.property(fc.nat(content.length - 1), fc.nat(255), fc.boolean(), (at, value, isSealed) => {
        const changed = content.slice()
        changed[at] = value
        const whole = isSealed ? sealed(changed) : concatBytes([changed, bytes.subarray(-32)])
        expect(['none', 'DAMAGED', 'OTHER_VERSION', 'OTHER_NETWORK']).toContain(faultOf(whole))
      }),
      { seed: 84, numRuns },
    )
  })
})

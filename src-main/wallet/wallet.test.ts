import { describe, expect, test } from 'vitest'
import { displayHash } from '../chain/primitives/hashes.ts'
import { WalletBed, WalletWorld } from './test-support/wallet-bed.ts'

const COIN = 100_000_000n
const status = (bed: WalletBed, txid: Uint8Array) => bed.wallet.historyRow(txid)?.status
const nothing = { available: 0n, pending: 0n, immature: 0n, frozen: 0n, orphaned: 0n }

function bed(): WalletBed {
  return new WalletBed(new WalletWorld())
}

describe('a wallet', () => {
  test('sees a payment come, be in a block, and be spent', async () => {
    const one = bed()
    const payment = await one.world.pay(one.newScript(), 3n * COIN)
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, pending: 3n * COIN })
    expect(one.wallet.historyRow(payment.txid)).toMatchObject({ kind: 'received', status: 'pending', delta: 3n * COIN })
    one.world.mine()
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    const sent = await one.send(COIN)
    const { fee, delta } = one.wallet.historyRow(sent.txid) ?? {}
    expect(delta).toBe(-COIN - (fee ?? 0n))
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 2n * COIN - (fee ?? 0n) })
    one.world.mine()
    one.follow()
    expect(one.wallet.historyRow(sent.txid)).toMatchObject({ kind: 'sent', status: 'confirmed', confirmations: 1 })
    expect(one.wallet.history('', { offset: 0, limit: 10 }).rows.map(({ id }) => id)).toEqual(
      [sent, payment].map(({ txid }) => displayHash(txid)),
    )
    expect(status(one, sent.txid)).toBe('confirmed')
  })
})

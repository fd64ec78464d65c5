import { expect, test } from 'vitest'
import { WalletBed, WalletWorld } from './test-support/wallet-bed.ts'
import { MAX_ADDRESSES_FOR_REWARDS } from './wallet.ts'

test('the miner gets another address once one was paid to, and the same one while there are many', () => {
  const bed = new WalletBed(new WalletWorld())
  const { wallet, owner, world } = bed
  const first = wallet.rewardAddress(bed.now)
  expect(wallet.rewardAddress(bed.now).id).toBe(first.id)
  world.mine({ payTo: owner.script(first.index) })
  bed.follow()
  const second = wallet.rewardAddress(bed.now)
  expect(second.id).not.toBe(first.id)
  wallet.lookFurther(MAX_ADDRESSES_FOR_REWARDS)
  world.mine({ payTo: owner.script(second.index) })
  bed.follow()
  expect(wallet.isUsed(owner.script(second.index))).toBe(true)
  expect(wallet.rewardAddress(bed.now).id).toBe(second.id)
})

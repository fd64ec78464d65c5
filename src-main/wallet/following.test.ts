/** What a wallet looks for, whatever was handed out meanwhile and however much was paid to it. */
import { expect, test } from 'vitest'
import { MAX_WALLET_OUTPOINTS, MAX_WALLET_SCRIPTS } from '../chain/node/wallet-calls.ts'
import { Transaction } from '../chain/primitives/transaction.ts'
import { AddressBook, GAP_LIMIT } from './address-book.ts'
import { scanByHand } from './test-support/brute-force-chain.ts'
import { WalletBed, WalletOwner, WalletWorld } from './test-support/wallet-bed.ts'

const COIN = 100_000_000n

test('addresses that are handed out while a restored wallet looks at its blocks make it miss nothing', async () => {
  const bed = new WalletBed(new WalletWorld())
  const { wallet, owner, world } = bed
  // One within the gap, and one within the gap from there.
  for (const index of [5, 5 + GAP_LIMIT - 3]) await world.pay(owner.script(index), COIN)
  world.mine()
  const scan = wallet.nextScan(500)
  for (let i = 0; i < 6; i++) wallet.newAddress(bed.now)
  wallet.takeScan(scan, scanByHand(world.chain, scan))
  bed.follow()
  expect(wallet.balance().available).toBe(2n * COIN)
})

test('it is known how many addresses were handed out that a wallet restored from the words would not look for', async () => {
  const bed = new WalletBed(new WalletWorld())
  expect(bed.wallet.unpaidInRow).toBe(0)
  for (let i = 0; i <= GAP_LIMIT; i++) bed.wallet.newAddress(bed.now)
  expect(bed.wallet.unpaidInRow).toBe(GAP_LIMIT + 1)
  await bed.world.pay(bed.owner.script(GAP_LIMIT), COIN)
  bed.follow()
  expect(bed.wallet.unpaidInRow).toBe(0)
  const other = bed.restored()
  expect(other.wallet.balance().pending).toBe(0n)
  other.wallet.lookFurther(1)
  other.follow()
  expect(other.wallet.balance().pending).toBe(COIN)
})

test('whoever pays a wallet more outputs than may be asked about does not stop it', () => {
  const bed = new WalletBed(new WalletWorld())
  const scriptPubKey = bed.owner.script(bed.wallet.newAddress(bed.now).index)
  const previous = { txid: new Uint8Array(32).fill(7), index: 0 }
  const flood = new Transaction({
    version: 2,
    lockTime: 0,
    inputs: [{ previous, scriptSig: new Uint8Array(0), sequence: 0xffff_fffd, witness: [] }],
    outputs: Array.from({ length: MAX_WALLET_OUTPOINTS + 1 }, () => ({ value: 300n, scriptPubKey })),
  })
  bed.wallet.takeMempool([flood.bytes()], bed.now, 'news')
  expect(bed.wallet.balance().pending).toBe(300n * BigInt(MAX_WALLET_OUTPOINTS + 1))
  expect(bed.wallet.scripts().outpoints).toHaveLength(MAX_WALLET_OUTPOINTS)
  expect(bed.wallet.nextScan(1).outpoints).toHaveLength(MAX_WALLET_OUTPOINTS)
})

test('where there are no further addresses change goes to the last one, so that coins can be spent', () => {
  const { account } = new WalletOwner(1)
  const plain = { ...account, scriptAt: ({ chain, index }: { chain: number; index: number }) => scriptOf(chain, index) }
  const book = new AddressBook(plain, [], MAX_WALLET_SCRIPTS / 2)
  expect(book.size).toBe(MAX_WALLET_SCRIPTS)
  const last = book.scripts.filter((script) => script[2] === 1).length - 1
  book.markUsed({ chain: 1, index: last })
  expect(book.change().path).toEqual({ chain: 1, index: last })
})

/** As quick as a script can be made. */
function scriptOf(chain: number, index: number): Uint8Array {
  const script = new Uint8Array(22)
  script.set([0, 20, chain, index & 255, (index >> 8) & 255, index >> 16])
  return script
}

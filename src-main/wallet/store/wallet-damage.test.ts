/** wallet.db as disks and people leave it: empty, cut, with other bytes in it. Each opens as something that can be gone on from. */
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { WalletBed, WalletWorld } from '../test-support/wallet-bed.ts'
import { WalletFolder } from '../test-support/wallet-folder.ts'
import type { NewAccount } from '../vault/vault.ts'
import { Wallet } from '../wallet.ts'
import type { WalletFile } from './wallet-file.ts'

const LONG = process.env.SHOAL_LONG === '1'
const FLIPS = LONG ? 2_000 : 60
const CUTS = LONG ? 400 : 25
const COIN = 100_000_000n
const sealed = new Uint8Array(300).map((_, i) => i & 255)
let folder: WalletFolder
let bed: WalletBed

/** A wallet with some of everything in it, closed. */
beforeEach(async () => {
  folder = new WalletFolder()
  const world = new WalletWorld()
  const { keys } = new WalletBed(world).owner
  const account: NewAccount = {
    extendedPublicKey: keys.extendedPublicKey,
    fingerprint: keys.fingerprint,
    birthday: undefined,
    wordsConfirmed: true,
  }
  const file = folder.file()
  await file.open()
  await file.keys.begin(sealed, account)
  if (file.opening.state !== 'ready') throw new Error('not ready')
  bed = new WalletBed(world, { store: file.opening.store })
  await bed.fund(COIN, 2n * COIN, 3n * COIN)
  await bed.send(COIN)
  bed.wallet.setContact({ name: 'Ada', address: bed.wallet.newAddress(1).id, note: 'met at the market' })
  bed.wallet.setLabel('tx', 'ab'.repeat(32), 'rent')
  await file.backup(folder.path('wallet.db.previous.copy'))
  await file.close()
  folder.write(folder.read('wallet.db.previous.copy'), 'wallet.db.previous')
  rmSync(folder.path('wallet.db.previous.copy'))
})
afterEach(() => folder.end())

/** Opens it, and where it is ready uses all of it. */
async function lookAt(of: WalletFolder): Promise<{ readonly file: WalletFile; readonly state: string }> {
  const file = of.file()
  const opening = await file.open()
  if (opening.state === 'ready') {
    const wallet = new Wallet({ store: opening.store, account: bed.owner.account, network: 'local' })
    expect(await file.keys.read()).toMatchObject({ sealed })
    wallet.history('', { offset: 0, limit: 100 })
    wallet.coinRows({ offset: 0, limit: 100 })
    wallet.addresses('receive', { offset: 0, limit: 100 })
    wallet.contacts()
    wallet.exportLabels()
    wallet.nextScan(10)
  }
  return { file, state: opening.state }
}

describe('a damaged wallet.db', () => {
  test('that is empty offers its previous generation, which is then what there is', async () => {
    folder.write(new Uint8Array(0))
    const { file } = await lookAt(folder)
    expect(file.opening).toMatchObject({
      state: 'damaged',
      cause: 'it is empty',
      previous: { path: expect.any(String) },
    })
    expect(folder.read()).toHaveLength(0)
    expect(await file.usePrevious()).toMatchObject({ state: 'ready' })
    expect(await file.keys.read()).toMatchObject({ sealed })
    expect(folder.read('wallet.db.damaged-1')).toHaveLength(0)
  })

  test('that is not there any more offers it as well', async () => {
    rmSync(folder.path())
    const log = new Uint8Array(100).fill(3)
    folder.write(log, 'wallet.db-wal')
    const { file } = await lookAt(folder)
    expect(file.opening).toMatchObject({ state: 'damaged', previous: { path: expect.any(String) } })
    expect(await file.usePrevious()).toMatchObject({ state: 'ready' })
    // A log that was left is not played into the other file.
    expect(folder.read('wallet.db.damaged-1-wal').equals(log)).toBe(true)
  })

  test('offers nothing that is damaged too; then it is put aside, and another is made', async () => {
    folder.write(new Uint8Array(5_000).fill(1))
    folder.write(new Uint8Array(5_000).fill(2), 'wallet.db.previous')
    const { file } = await lookAt(folder)
    expect(file.opening).toMatchObject({ state: 'damaged', previous: undefined })
    await expect(file.usePrevious()).rejects.toMatchObject({ code: 'NO_PREVIOUS' })
    await expect(file.keys.read()).rejects.toMatchObject({ code: 'WALLET_DAMAGED' })
    await expect(file.backup(folder.path('x'))).rejects.toMatchObject({ code: 'WALLET_DAMAGED' })
    await file.putAside()
    const { extendedPublicKey, fingerprint } = bed.owner.keys
    await file.keys.begin(sealed, { extendedPublicKey, fingerprint, birthday: undefined, wordsConfirmed: true })
    expect(file.opening.state).toBe('ready')
    expect(folder.read('wallet.db.aside-1').equals(Buffer.alloc(5_000, 1))).toBe(true)
  })

  test('whose keys were changed by one bit is not opened, and not changed', async () => {
    const bytes = folder.read()
    const at = bytes.indexOf(Buffer.from(sealed))
    bytes[at + 100] = (bytes[at + 100] as number) ^ 1
    folder.write(bytes)
    const { file } = await lookAt(folder)
    expect(file.opening).toMatchObject({ state: 'damaged', cause: 'the keys in it are not as they were written' })
    expect(folder.read().equals(bytes)).toBe(true)
  })

  test('with a transaction that is not what was written looks at all blocks again', async () => {
    const bytes = folder.read()
    const { transaction } = await someTransaction()
    const at = bytes.indexOf(Buffer.from(transaction.bytes()))
    bytes[at + 60] = (bytes[at + 60] as number) ^ 1
    folder.write(bytes)
    const file = folder.file()
    const opening = await file.open()
    if (opening.state !== 'ready') throw new Error('not ready')
    const again = new WalletBed(bed.world, { store: opening.store })
    expect(again.wallet.transactions).toBeLessThan(bed.wallet.transactions)
    again.follow()
    expect(again.wallet.balance()).toEqual(bed.wallet.balance())
    again.reopen()
    expect(again.wallet.balance()).toEqual(bed.wallet.balance())
  })

  test(`cut to any length opens as something`, async () => {
    const whole = folder.read()
    const random = SeededRandom.of(960)
    for (let i = 0; i < CUTS; i++) {
      const left = folder.copy()
      left.write(whole.subarray(0, random.below(whole.length)))
      const { file, state } = await lookAt(left)
      const takePrevious = file.usePrevious.bind(file)
      expect(['damaged', 'failed', 'ready']).toContain(state)
      if (state === 'damaged') expect(await takePrevious()).toMatchObject({ state: 'ready' })
      await left.end()
    }
  })

  test(`with other bytes anywhere opens as something`, async () => {
    const whole = folder.read()
    const random = SeededRandom.of(961)
    const states: Record<string, number> = {}
    for (let i = 0; i < FLIPS; i++) {
      const left = folder.copy()
      const bytes = Buffer.from(whole)
      for (let n = random.below(4); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256)
      // The first page says how all others are read.
      if (random.below(3) === 0) bytes[random.below(200)] = random.below(256)
      left.write(bytes)
      const { file, state } = await lookAt(left)
      const takePrevious = file.usePrevious.bind(file)
      states[state] = (states[state] ?? 0) + 1
      if (state === 'damaged') expect(await takePrevious()).toMatchObject({ state: 'ready' })
      await left.end()
    }
    expect(Object.keys(states).sort()).toEqual(expect.arrayContaining(['damaged', 'ready']))
    expect(Object.keys(states).every((state) => ['damaged', 'failed', 'ready'].includes(state))).toBe(true)
  })
})

async function someTransaction() {
  const file = folder.file()
  const opening = await file.open()
  if (opening.state !== 'ready') throw new Error('not ready')
  const record = opening.store.transactions.list().records.find(({ block }) => block)
  await file.close()
  if (record === undefined) throw new Error('no transaction')
  return record
}

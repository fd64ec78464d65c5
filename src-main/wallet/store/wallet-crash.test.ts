/** The program is killed before each step of what touches wallet.db: nothing is lost, and what was begun can be done again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../kernel/database.ts'
import { KillingPorts, WalletFolder } from '../test-support/wallet-folder.ts'
import type { NewAccount } from '../vault/vault.ts'
import { walletMigrations } from './migrations/index.ts'
import type { WalletFile } from './wallet-file.ts'

const account: NewAccount = {
  extendedPublicKey: 'tpub-of-a-test',
  fingerprint: '0a0b0c0d',
  birthday: undefined,
  wordsConfirmed: true,
}
const sealed = (n: number) => new Uint8Array(300).fill(n)
/** More than anything here takes. */
const MAX_STEPS = 200
/** Of the places to be killed at, every one in the long tier. */
const STRIDE = process.env.SHOAL_LONG === '1' ? 1 : 5
let folder: WalletFolder

beforeEach(() => {
  folder = new WalletFolder()
})
afterEach(() => folder.end())

async function begun(of: WalletFolder = folder): Promise<WalletFile> {
  const file = of.file()
  await file.open()
  await file.keys.begin(sealed(1), account)
  return file
}

/** Does `work` with a program that is killed before one step of it and another, and looks at what each leaves. */
async function killAtEachStep(
  prepare: (of: WalletFolder) => Promise<void>,
  work: (file: WalletFile) => Promise<unknown>,
  look: (left: WalletFolder) => Promise<void>,
  parts: Parameters<WalletFolder['file']>[0] = {},
): Promise<number> {
  for (let at = 1; at < MAX_STEPS; at += STRIDE) {
    const start = folder.copy()
    await prepare(start)
    const killing = new KillingPorts(start, at)
    const file = start.file({ ...killing.ports, ...parts })
    try {
      await file.open()
      await work(file)
    } catch (error) {
      // Whatever a program says that is about to be killed.
      if (killing.left === undefined) throw error
    }
    if (killing.left === undefined) return at - 1
    await look(killing.left)
    await killing.left.end()
  }
  throw new Error('it never ends')
}

async function readyIn(left: WalletFolder): Promise<WalletFile> {
  const file = left.file()
  expect(await file.open()).toMatchObject({ state: 'ready' })
  return file
}

describe('killed before each step', () => {
  test('of a beginning: there is a whole wallet or none, and then one can begin', async () => {
    const steps = await killAtEachStep(
      async () => undefined,
      (file) => file.keys.begin(sealed(1), account),
      async (left) => {
        const file = left.file()
        const { state } = await file.open()
        expect(['none', 'ready']).toContain(state)
        if (state === 'none') await file.keys.begin(sealed(2), account)
        expect(file.opening).toMatchObject({ state: 'ready', account })
        await file.close()
        expect(left.names()).toEqual(['wallet.db', 'wallet.db.previous'])
      },
    )
    expect(steps).toBeGreaterThan(20)
  })

  test('of a change of password: the keys of before or after are there, both until the new ones are believed', async () => {
    const steps = await killAtEachStep(
      async (of) => void (await (await begun(of)).close()),
      async (file) => {
        await file.keys.replace(sealed(2))
        await file.keys.settle()
      },
      async (left) => {
        const file = await readyIn(left)
        const kept = await file.keys.read()
        expect([1, 2]).toContain(kept?.sealed[0])
        if (kept?.previous) expect([kept.sealed[0], kept.previous[0]]).toEqual([2, 1])
        // Settled or never begun: no copy stays that the other password opens.
        else
          expect(left.read('wallet.db.previous').includes(Buffer.from(sealed(3 - (kept?.sealed[0] ?? 0))))).toBe(false)
        await file.keys.replace(sealed(3))
        await file.keys.settle()
        expect(await file.keys.read()).toMatchObject({ sealed: sealed(3), previous: undefined })
      },
    )
    expect(steps).toBeGreaterThan(30)
  })

  test('of a migration: it is done at the next start', async () => {
    const version = walletMigrations.length + 1
    const migrations = [...walletMigrations, { version, up: (db: Database) => db.exec('CREATE TABLE later (x)') }]
    const steps = await killAtEachStep(
      async (of) => void (await (await begun(of)).close()),
      async () => undefined,
      async (left) => {
        const file = left.file({ migrations })
        expect(await file.open()).toMatchObject({ state: 'ready' })
        expect((await file.keys.read())?.sealed).toEqual(sealed(1))
      },
      { migrations },
    )
    expect(steps).toBeGreaterThan(15)
  })

  test('of taking the previous generation: it is taken or can be taken still, and the damaged file is kept', async () => {
    const damaged = new Uint8Array(9_000).fill(0x5a)
    const steps = await killAtEachStep(
      async (of) => {
        await (await begun(of)).close()
        of.write(damaged)
      },
      (file) => file.usePrevious(),
      async (left) => {
        const file = left.file()
        await file.open()
        // Where it was taken already there is none to take.
        await file.usePrevious().catch(({ code }) => expect(code).toBe('NOT_DAMAGED'))
        expect(file.opening).toMatchObject({ state: 'ready', account })
        expect((await file.keys.read())?.sealed).toEqual(sealed(1))
        expect(left.read('wallet.db.damaged-1').equals(damaged)).toBe(true)
      },
    )
    expect(steps).toBeGreaterThan(8)
  })

  test('of putting aside: it is where it was or where it was put, whole', async () => {
    const steps = await killAtEachStep(
      async (of) => void (await (await begun(of)).close()),
      (file) => file.putAside(),
      async (left) => {
        const file = left.file()
        const { state } = await file.open()
        expect(['none', 'ready']).toContain(state)
        if (state === 'ready') await file.putAside()
        const other = new WalletFolder(left.path('copy-other'))
        await file.keys.begin(sealed(2), account)
        await file.close()
        left.write(left.read('wallet.db.aside-1'))
        expect((await (await readyIn(left)).keys.read())?.sealed).toEqual(sealed(1))
        await other.end()
      },
    )
    expect(steps).toBeGreaterThan(4)
  })

  test('of a backup: the wallet is what it was, and a copy is there whole or not at all', async () => {
    const steps = await killAtEachStep(
      async (of) => void (await (await begun(of)).close()),
      (file) => file.backup(`${file.folder}/kept.db`),
      async (left) => {
        await readyIn(left)
        if (!left.has('kept.db')) return
        const copy = left.copy()
        copy.write(copy.read('kept.db'))
        expect((await (await readyIn(copy)).keys.read())?.sealed).toEqual(sealed(1))
      },
    )
    expect(steps).toBeGreaterThan(10)
  })

  test('of a write to it: all of it or nothing', async () => {
    const file = await begun()
    if (file.opening.state !== 'ready') throw new Error('not ready')
    const { store } = file.opening
    store.transaction(() => store.labels.setLabel({ type: 'tx', ref: 'a', label: 'one' }))
    const left = folder.copy()
    expect(left.names()).toContain('wallet.db-wal')
    store.transaction(() => store.labels.setLabel({ type: 'tx', ref: 'a', label: 'two' }))
    const { opening } = await readyIn(left)
    expect(opening.state === 'ready' && opening.store.labels.labels()).toEqual([{ type: 'tx', ref: 'a', label: 'one' }])
  })
})

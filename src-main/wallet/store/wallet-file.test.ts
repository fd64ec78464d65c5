import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabases } from '../../host/database.ts'
import { createFileStore } from '../../host/files.ts'
import type { Database } from '../../kernel/database.ts'
import { silentLog } from '../../kernel/log.ts'
import type { NewAccount } from '../vault/vault.ts'
import { walletMigrations } from './migrations/index.ts'
import { PREVIOUS_AGE, WalletFile } from './wallet-file.ts'
import type { WalletOpening } from './wallet-opening.ts'
import type { WalletStore } from './wallet-store.ts'

const account: NewAccount = {
  extendedPublicKey: 'tpub-of-a-test',
  fingerprint: '0a0b0c0d',
  birthday: 1_800_000_000,
  wordsConfirmed: false,
}
const sealed = (n: number) => new Uint8Array(300).fill(n)
let folder: string
let now: number
const opened: WalletFile[] = []

function walletFile(extra: Partial<ConstructorParameters<typeof WalletFile>[0]> = {}): WalletFile {
  const file = new WalletFile({
    databases: createDatabases(),
    files: createFileStore(),
    clock: { wallTime: () => now },
    log: silentLog,
    folder,
    ...extra,
  })
  opened.push(file)
  return file
}

async function begun(): Promise<WalletFile> {
  const file = walletFile()
  expect(await file.open()).toEqual({ state: 'none' })
  await file.keys.begin(sealed(1), account)
  return file
}

function storeOf(opening: WalletOpening): WalletStore {
  if (opening.state !== 'ready') throw new Error(`not ready: ${JSON.stringify(opening)}`)
  return opening.store
}

const path = (name = 'wallet.db') => join(folder, name)
const copies = (file: WalletFile) => file.opening

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-wallet-'))
  now = Date.now()
})
afterEach(async () => {
  for (const file of opened.splice(0)) await file.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a wallet file', () => {
  test('is none until one begins; then it is there, for its owner alone, with its previous generation', async () => {
    const file = walletFile()
    let told = 0
    file.watch(() => told++)
    expect(await file.open()).toEqual({ state: 'none' })
    expect(await file.keys.read()).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
    await file.keys.begin(sealed(1), account)
    expect(copies(file)).toMatchObject({ state: 'ready', account })
    expect(told).toBe(2)
    const mode = (name: string) => statSync(path(name)).mode & 0o777
    expect([mode('wallet.db'), mode('wallet.db.previous')]).toEqual([0o600, 0o600])
    await file.close()
    expect(readdirSync(folder).sort()).toEqual(['wallet.db', 'wallet.db.previous'])
    expect((await walletFile().open()).state).toBe('ready')
  })

  test('is not begun twice, nor over a file that was not read', async () => {
    const file = await begun()
    await expect(file.keys.begin(sealed(2), account)).rejects.toMatchObject({ code: 'WALLET_EXISTS' })
    await expect(walletFile().keys.begin(sealed(2), account)).rejects.toMatchObject({ code: 'WALLET_EXISTS' })
    expect((await file.keys.read())?.sealed).toEqual(sealed(1))
  })

  test('remembers that the words are written down', async () => {
    const file = await begun()
    await file.keys.confirmWords()
    await file.close()
    expect(await walletFile().open()).toMatchObject({ state: 'ready', account: { wordsConfirmed: true } })
  })

  test('keeps both generations of the keys until the new one is settled; then no file holds the old one', async () => {
    const file = await begun()
    await file.keys.replace(sealed(2))
    expect(await file.keys.read()).toMatchObject({ sealed: sealed(2), previous: sealed(1) })
    // One that was not settled gives way to the next.
    await file.keys.replace(sealed(3))
    expect(await file.keys.read()).toMatchObject({ sealed: sealed(3), previous: sealed(1) })
    await file.keys.settle()
    await file.keys.settle()
    expect(await file.keys.read()).toMatchObject({ sealed: sealed(3), previous: undefined })
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(path(name))
      expect(bytes.includes(Buffer.from(sealed(1))), name).toBe(false)
      expect(bytes.includes(Buffer.from(sealed(2))), name).toBe(false)
    }
    await file.close()
    expect(await (await ready(walletFile())).keys.read()).toMatchObject({ sealed: sealed(3) })
  })

  test('a backup is a whole copy that opens elsewhere; nothing is written over', async () => {
    const file = await begun()
    storeOf(file.opening).labels.setLabel({ type: 'tx', ref: 'ab', label: 'rent' })
    const target = path('kept.db')
    await file.backup(target)
    await expect(file.backup(target)).rejects.toMatchObject({ code: 'EXISTS' })
    // It is written under another name first, which may be that of somebody's file.
    writeFileSync(path('other.db.new'), 'a letter')
    await expect(file.backup(path('other.db'))).rejects.toThrow(/other\.db\.new/)
    expect(readFileSync(path('other.db.new'), 'utf8')).toBe('a letter')
    await file.close()
    rmSync(path())
    rmSync(path('wallet.db.previous'))
    writeFileSync(path(), readFileSync(target))
    const again = await ready(walletFile())
    expect(storeOf(again.opening).labels.labels()).toEqual([{ type: 'tx', ref: 'ab', label: 'rent' }])
  })

  test('put aside, it and its previous generation are kept, and another can begin', async () => {
    const file = await begun()
    const { path: aside } = await file.putAside()
    expect(aside).toBe(path('wallet.db.aside-1'))
    expect(file.opening).toEqual({ state: 'none' })
    expect(await walletFile().open()).toEqual({ state: 'none' })
    await file.keys.begin(sealed(2), account)
    expect((await file.putAside()).path).toBe(path('wallet.db.aside-2'))
    expect(readdirSync(folder).sort()).toEqual([
      'wallet.db.aside-1',
      'wallet.db.aside-1.previous',
      'wallet.db.aside-2',
      'wallet.db.aside-2.previous',
    ])
    await expect(file.putAside()).rejects.toMatchObject({ code: 'NO_WALLET' })
    await expect(file.backup(path('x'))).rejects.toMatchObject({ code: 'NO_WALLET' })
  })

  test('the previous generation is made anew where it holds keys of a password that was changed', async () => {
    const file = await begun()
    const before = readFileSync(path('wallet.db.previous'))
    await file.keys.replace(sealed(2))
    await file.close()
    // Not settled: both passwords may still be needed.
    await (await ready(walletFile())).close()
    expect(readFileSync(path('wallet.db.previous')).includes(Buffer.from(sealed(1)))).toBe(true)
    const again = await ready(walletFile())
    await again.keys.settle()
    await again.close()
    // As a crash between settling and the copy leaves it.
    writeFileSync(path('wallet.db.previous'), before)
    const after = await ready(walletFile())
    expect(readFileSync(path('wallet.db.previous')).includes(Buffer.from(sealed(1)))).toBe(false)
    expect(readFileSync(path('wallet.db.previous')).includes(Buffer.from(sealed(2)))).toBe(true)
    expect((await after.keys.read())?.sealed).toEqual(sealed(2))
  })

  test('the previous generation is made anew when it is older than a day, and not before', async () => {
    const file = await begun()
    storeOf(file.opening).labels.setLabel({ type: 'tx', ref: 'ab', label: 'rent' })
    await file.close()
    const before = readFileSync(path('wallet.db.previous'))
    await (await ready(walletFile())).close()
    expect(readFileSync(path('wallet.db.previous')).equals(before)).toBe(true)
    const old = (now - PREVIOUS_AGE) / 1_000 - 5
    utimesSync(path('wallet.db.previous'), old, old)
    await (await ready(walletFile())).close()
    expect(readFileSync(path('wallet.db.previous')).includes('rent')).toBe(true)
  })
})

describe('migrations of wallet.db', () => {
  const version = walletMigrations.length + 1
  const newer = [...walletMigrations, { version, up: (db: Database) => db.exec('CREATE TABLE later (x)') }]

  test('a copy of the old form is kept before one', async () => {
    await (await begun()).close()
    rmSync(path('wallet.db.previous'))
    const file = await ready(walletFile({ migrations: newer }))
    await file.close()
    rmSync(path())
    const offered = await walletFile().open()
    expect(offered).toMatchObject({ state: 'damaged', previous: { path: path('wallet.db.previous') } })
  })

  test('a newer wallet is refused and not changed by a byte', async () => {
    await (await begun()).close()
    await (await ready(walletFile({ migrations: newer }))).close()
    const before = readFileSync(path())
    expect(await walletFile().open()).toMatchObject({ state: 'failed', code: 'NEWER_THAN_APP' })
    expect(readFileSync(path()).equals(before)).toBe(true)
    expect(existsSync(path('wallet.db-wal'))).toBe(false)
  })
})

async function ready(file: WalletFile): Promise<WalletFile> {
  storeOf(await file.open())
  return file
}

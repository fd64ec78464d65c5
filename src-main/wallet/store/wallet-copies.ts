/**
 * Copies of wallet.db that are there whole or not at all: written beside their place, read back and checked, on the medium
 * before they get their name. Readable for the person alone.
 */
import { dirname } from 'node:path'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Database, Databases } from '../../kernel/database.ts'
import type { FileHandle, FileStore } from '../../kernel/files.ts'
import { AccountRepository } from './account-repository.ts'
import { copyDatabase } from './copy-database.ts'
import { accountOfSound, causeOf, isDamage } from './soundness.ts'
import { WalletFileError } from './wallet-file-error.ts'

const COPY_BYTES = 1024 * 1024
/** SQLite's log and its index. */
export const COMPANIONS = ['-wal', '-shm'] as const

export interface StorePorts {
  readonly databases: Databases
  readonly files: FileStore
}

/** What `writeWhole` takes away beside a path: in a folder that is not ours that may be somebody's file. */
export function namesBeside(path: string): readonly string[] {
  return [path, `${path}.new`].flatMap((name) => ['', ...COMPANIONS].map((companion) => name + companion)).slice(1)
}

/** Makes a database at `path` by `fill`; what stood there before stays until it is replaced by the whole new one. @throws WalletFileError `COPY_NOT_SOUND` */
export async function writeWhole(ports: StorePorts, path: string, fill: (db: Database) => void): Promise<void> {
  const { databases, files } = ports
  const part = `${path}.new`
  await removeDatabase(files, part)
  await (await files.open(part, 'secret')).close()
  const db = databases.open(part, { synchronous: 'FULL' })
  try {
    fill(db)
  } finally {
    db.close()
  }
  const cause = faultOf(databases, part)
  if (cause !== undefined) throw new WalletFileError({ code: 'COPY_NOT_SOUND', path, cause })
  await syncFile(files, part)
  // A log that a killed program left to the old one would be played into the new one.
  for (const companion of COMPANIONS) await files.remove(path + companion)
  await files.rename(part, path)
  await files.syncDirectory(dirname(path))
}

/** As it is now, however much of it is still in its log. */
export function writeCopy(ports: StorePorts, from: Database, path: string): Promise<void> {
  return writeWhole(ports, path, (to) => copyDatabase(from, to))
}

/** The same bytes under another name; the file must not be open. */
export async function copyFile(files: FileStore, from: string, to: string): Promise<void> {
  await removeDatabase(files, to)
  const source = await files.open(from, 'read')
  try {
    const target = await files.open(to, 'secret')
    try {
      await copyAll(source, target)
      await target.sync()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** What is wrong with a database that is not open; undefined where it is sound. @throws what the disk says */
export function faultOf(databases: Databases, path: string): string | undefined {
  let db: Database | undefined
  try {
    db = databases.open(path, { synchronous: 'FULL' })
    accountOfSound(db)
    return undefined
  } catch (error) {
    if (!isDamage(error)) throw error
    return causeOf(error)
  } finally {
    closeQuietly(db)
  }
}

/**
 * Whether a copy holds keys that are none of the wallet's any more, so that an old password opens it, or cannot be believed.
 * While a change of password is not settled the wallet has the old ones itself.
 */
export function hasOldKeys(databases: Databases, path: string, current: Database): boolean {
  const now = new AccountRepository(current).keptKeys()
  if (now === undefined || now.previous !== undefined) return false
  let copy: Database | undefined
  try {
    copy = databases.open(path, { synchronous: 'FULL' })
    const then = new AccountRepository(copy).keptKeys()
    return then === undefined || then.previous !== undefined || !bytesEqual(then.sealed, now.sealed)
  } catch (error) {
    return isDamage(error)
  } finally {
    closeQuietly(copy)
  }
}

export async function removeDatabase(files: FileStore, path: string): Promise<void> {
  for (const companion of ['', ...COMPANIONS]) await files.remove(path + companion)
}

/** With its log, which goes first: without it the file is whole as of an earlier time, and never the other way round. */
export async function moveDatabase(files: FileStore, from: string, to: string): Promise<void> {
  for (const companion of [...COMPANIONS, ''])
    if (await files.stat(from + companion)) await files.rename(from + companion, to + companion)
  await files.syncDirectory(dirname(to))
}

/** A damaged file may refuse even that; nothing was written through it. */
export function closeQuietly(db: Database | undefined): void {
  try {
    db?.close()
  } catch {
    // closed as far as it goes
  }
}

async function syncFile(files: FileStore, path: string): Promise<void> {
  const file = await files.open(path, 'update')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = new Uint8Array(COPY_BYTES)
  for (let at = 0; ; ) {
    const count = await from.read(buffer, at)
    if (count === 0) return
    await to.write(buffer.subarray(0, count), at)
    at += count
  }
}

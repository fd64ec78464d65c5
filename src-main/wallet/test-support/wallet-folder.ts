/** wallet.db in a folder of its own on the real disk, for tests that damage it or kill the program that writes it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabases } from '../../host/database.ts'
import { createFileStore } from '../../host/files.ts'
import type { Database } from '../../kernel/database.ts'
import type { FileHandle, FileStore } from '../../kernel/files.ts'
import { silentLog } from '../../kernel/log.ts'
import type { StorePorts } from '../store/wallet-copies.ts'
import { WalletFile, type WalletFileParts } from '../store/wallet-file.ts'

const real: StorePorts = { databases: createDatabases(), files: createFileStore() }

export class WalletFolder {
  readonly folder: string
  readonly #opened: WalletFile[] = []
  #copies = 0

  constructor(folder: string = mkdtempSync(join(tmpdir(), 'shoal-wallet-'))) {
    this.folder = folder
  }

  path(name = 'wallet.db'): string {
    return join(this.folder, name)
  }

  names(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => !name.startsWith('copy-'))
      .sort()
  }

  has(name: string): boolean {
    return existsSync(this.path(name))
  }

  read(name?: string): Buffer {
    return readFileSync(this.path(name))
  }

  write(bytes: Uint8Array, name?: string): void {
    writeFileSync(this.path(name), bytes)
  }

  /** Not opened yet. */
  file(parts: Partial<WalletFileParts> = {}): WalletFile {
    const clock = { wallTime: () => Date.now() }
    const file = new WalletFile({ ...real, clock, log: silentLog, folder: this.folder, ...parts })
    this.#opened.push(file)
    return file
  }

  /** The folder as it stands: what a `kill -9` leaves. */
  copy(): WalletFolder {
    const copy = new WalletFolder(this.path(`copy-${++this.#copies}`))
    mkdirSync(copy.folder)
    for (const name of this.names())
      if (statSync(this.path(name)).isFile()) copyFileSync(this.path(name), copy.path(name))
    return copy
  }

  async end(): Promise<void> {
    for (const file of this.#opened.splice(0)) await file.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

class Killed extends Error {}

/** Ports whose program is killed before its step number `at`; `left` is then what the disk has. */
export class KillingPorts {
  left: WalletFolder | undefined
  readonly ports: StorePorts
  readonly #at: number
  readonly #folder: WalletFolder
  #steps = 0

  constructor(folder: WalletFolder, at: number) {
    this.#folder = folder
    this.#at = at
    this.ports = {
      files: this.#killing(real.files, ['open', 'makeDirectory', 'rename', 'remove', 'syncDirectory'], (name, made) =>
        name === 'open' ? this.#handle(made as Promise<FileHandle>) : made,
      ) as FileStore,
      databases: { open: (path, options) => this.#database(this.#step(() => real.databases.open(path, options))) },
    }
  }

  #step<T>(work: () => T): T {
    this.#steps++
    if (this.#steps === this.#at) this.left = this.#folder.copy()
    if (this.#steps >= this.#at) throw new Killed()
    return work()
  }

  #database(db: Database): Database {
    return this.#killing(db, ['exec', 'transaction', 'setVersion', 'close']) as Database
  }

  async #handle(made: Promise<FileHandle>): Promise<FileHandle> {
    return this.#killing(await made, ['write', 'sync', 'close']) as FileHandle
  }

  #killing(of: object, names: readonly string[], result = (_: string, made: unknown): unknown => made): object {
    return new Proxy(of, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown
        if (typeof method !== 'function') return method
        const call = (...args: unknown[]) => method.apply(target, args) as unknown
        return typeof name === 'string' && names.includes(name)
          ? (...args: unknown[]) =>
              result(
                name,
                this.#step(() => call(...args)),
              )
          : call
      },
    })
  }
}

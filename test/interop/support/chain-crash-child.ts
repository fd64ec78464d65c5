/**
 * A node's chain that dies: `chain-crash-child.ts FOLDER SEED [KIND NTH]`. Takes the blocks of the plan in, with commits,
 * upkeep and a rebuild at places that the seed gives; what it knows already from an earlier life it passes over.
 * With KIND it kills itself with SIGKILL at the NTH write of that kind. At the end it prints how many of each there were.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chainstate } from '../../../src-main/chain/state/chainstate.ts'
import type { SqliteChainStore } from '../../../src-main/chain/store/sqlite-chain-store.ts'
import { openChainstate } from '../../../src-main/chain/test-support/chainstate-bed.ts'
import { HASTY_NETWORK, seededNumbers } from '../../../src-main/chain/test-support/recorded-chain.ts'
import { createDatabases } from '../../../src-main/host/database.ts'
import type { Database, Databases, Statement } from '../../../src-main/kernel/database.ts'
import { type CrashPlan, crashPlan, openPlanned } from './chain-crash-plan.ts'

const [folder = '', seed = '1', kind, nth = '1'] = process.argv.slice(2)
const counts = new Map<string, number>()

function write(name: string): void {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  if (name === kind && count === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

/** What a statement changes: `insert coin`, `delete tx`. */
function kindOf(sql: string): string | undefined {
  const found = /^\s*(insert|update|delete)\b(?:\s+or\s+\w+)?\s+(?:into\s+|from\s+)?(\w+)/i.exec(sql)
  return found ? `${found[1]} ${found[2]}`.toLowerCase() : undefined
}

class DyingDatabase implements Database {
  readonly #inner: Database
  #depth = 0

  constructor(inner: Database) {
    this.#inner = inner
    // Often enough that some deaths are in the middle of moving the log into the file.
    inner.exec('PRAGMA wal_autocheckpoint = 60')
  }

  exec(sql: string): void {
    if (sql.includes('wal_autocheckpoint')) return
    write(kindOf(sql) === undefined ? 'exec' : 'exec delete')
    this.#inner.exec(sql)
  }

  prepare(sql: string): Statement {
    const statement = this.#inner.prepare(sql)
    const name = kindOf(sql)
    if (name === undefined) return statement
    const before = <T>(work: () => T): T => {
      write(name)
      return work()
    }
    return {
      run: (...values) => before(() => statement.run(...values)),
      get: (...values) => before(() => statement.get(...values)),
      all: (...values) => before(() => statement.all(...values)),
    }
  }

  transaction<T>(work: () => T): T {
    this.#depth++
    const result = this.#inner.transaction(() => {
      const done = work()
      if (this.#depth === 1) write('before commit')
      return done
    })
    this.#depth--
    if (this.#depth === 0) write('after commit')
    return result
  }

  version(): number {
    return this.#inner.version()
  }

  setVersion(version: number): void {
    write('version')
    this.#inner.setVersion(version)
  }

  close(): void {
    write('close')
    this.#inner.close()
  }
}

const real = createDatabases()
const databases: Databases = { open: (path, options) => new DyingDatabase(real.open(path, options)) }

async function live(plan: CrashPlan): Promise<void> {
  const { store } = await openPlanned(join(folder, 'chain.db'), plan, databases)
  let chainstate = await openOn(store)
  const random = seededNumbers(Number(seed) + 1)
  const rebuilt = join(folder, 'rebuilt')
  for (const [number, block] of plan.blocks.entries()) {
    chainstate.acceptHeaders(block.header.bytes(), 'peer')
    await chainstate.acceptBlock(block, 'peer', true)
    if (random(4) === 0) await chainstate.flush()
    if (random(6) === 0) store.upkeep()
    if (number === plan.rebuildAfter && !existsSync(rebuilt)) {
      writeFileSync(rebuilt, '')
      await chainstate.close()
      store.beginRebuild()
      chainstate = await openOn(store)
      store.endRebuild()
    }
  }
  await chainstate.close()
  while (store.upkeep());
  store.close()
}

/** A small cache: coins are written in mid-sync. */
function openOn(store: SqliteChainStore): Promise<Chainstate> {
  return openChainstate({ network: HASTY_NETWORK, store, cacheBytes: 16 * 1024 })
}

process.stdout.write('ready\n')
await live(crashPlan(Number(seed)))
process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}\n`)

/**
 * The chain's database under kill -9: at each kind of write, and at any moment. Whatever was killed opens again without
 * damage, at a tip that once was, and everything in it is as a plain replay to that tip makes it; the next life goes on from
 * there to the same end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ChainStoreFolder } from '../../src-main/chain/test-support/chain-store-folder.ts'
import { type RecordedChain, seededNumbers } from '../../src-main/chain/test-support/recorded-chain.ts'
import { expectCoins } from '../../src-main/chain/test-support/tests-of-chain-stores.ts'
import type { Database } from '../../src-main/kernel/database.ts'
import { type CrashPlan, crashPlan, hex, openPlanned } from './support/chain-crash-plan.ts'

const LONG = process.env.SHOAL_LONG === '1'
/** Deaths at a certain write, of each kind, and at any moment. */
const DEATHS_OF_KIND = LONG ? 2 : 1
const DEATHS_AT_RANDOM = LONG ? 120 : 4
/** A guard against what hangs. */
const LIFE_LIMIT = 120_000
const SEEDS = [1, 2, 3] as const

/** All that a plan writes. The normal tier takes every eighth, another one for each plan. */
const KINDS = [
  ...['exec', 'exec delete', 'version', 'before commit', 'after commit', 'close'],
  ...['insert state', 'insert indexed', 'insert header', 'insert block', 'insert best', 'insert undo', 'insert tx'],
  ...['insert filter', 'insert filter_hash', 'insert script', 'insert coin', 'update header', 'update coin'],
  ...['delete coin', 'delete tx', 'delete script', 'delete best', 'delete indexed'],
]
/** Only where blocks are pruned. */
const PRUNING_KINDS = ['delete undo', 'delete block']

const plans = new Map(SEEDS.map((seed) => [seed, crashPlan(seed)]))
const folders: ChainStoreFolder[] = []
const children = new Set<ChildProcess>()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) folder.remove()
})

interface Death {
  readonly kind: string
  readonly nth: number
}

interface Life {
  readonly signal: string | null
  readonly status: number | null
  readonly text: string
  readonly errors: string
}

/** One run of the child. `after`: milliseconds from its start of work to its death. */
function live(
  folder: ChainStoreFolder,
  seed: number,
  end: Death | { readonly after: number } | undefined,
): Promise<Life> {
  const script = join(import.meta.dirname, 'support/chain-crash-child.ts')
  const death = end && 'kind' in end ? [end.kind, String(end.nth)] : []
  const args = ['--disable-warning=ExperimentalWarning', script, folder.folder, String(seed), ...death]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const limit = setTimeout(() => child.kill('SIGKILL'), LIFE_LIMIT)
  let [text, errors] = ['', '']
  let killing: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
    if (end && 'after' in end) killing ??= setTimeout(() => child.kill('SIGKILL'), end.after)
  })
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    errors += more
  })
  return new Promise((resolve) => {
    child.on('close', (status, signal) => {
      clearTimeout(limit)
      clearTimeout(killing)
      children.delete(child)
      resolve({ signal, status, text, errors })
    })
  })
}

function newFolder(): ChainStoreFolder {
  const folder = new ChainStoreFolder()
  folders.push(folder)
  return folder
}

function countsOf({ text }: Life): Map<string, number> {
  const line = text.trim().split('\n').at(-1) as string
  return new Map(Object.entries(JSON.parse(line) as Record<string, number>))
}

/** Opens a copy of what a life has left and compares it with a replay. Gives the height of its tip. */
async function expectConsistent(folder: ChainStoreFolder, plan: CrashPlan, what: string): Promise<number> {
  const copy = folder.copy()
  const { store, damage } = await openPlanned(copy.path, plan)
  expect(damage, what).toBeUndefined()
  expect(store.areCoinsSound(), what).toBe(true)
  const tip = store.tip()
  if (tip) {
    const chain = plan.chains.get(hex(tip)) as RecordedChain
    expectCoins(store, chain.chain.coins)
    expect(store.state.coins, what).toBe(chain.chain.coins.size)
    for (const { hash, hasBlock, height } of store.headers()) {
      const block = plan.chains.get(hex(hash))?.chain.blockAt(height)
      if (hasBlock) expect(store.block(hash), what).toEqual(block?.bytes())
    }
  } else expect(store.state.coins, what).toBe(0)
  const { tipHeight, keptFrom } = store.state
  store.close()
  if (tip) {
    const replayed = await replay(plan, plan.chains.get(hex(tip)) as RecordedChain)
    expect(await contents(copy, plan, keptFrom), what).toEqual(await contents(replayed, plan, keptFrom))
  }
  copy.remove()
  return tipHeight
}

/** A store that has taken in nothing but the blocks of this chain, in one commit. */
async function replay(plan: CrashPlan, chain: RecordedChain): Promise<ChainStoreFolder> {
  const folder = newFolder()
  const { store } = await openPlanned(folder.path, { ...plan, pruned: false })
  chain.offer(store)
  store.commit(chain.commitFrom(undefined))
  store.close()
  return folder
}

/** What stands in the tables about the best chain, from the height on that is kept: a digest of each. */
async function contents(folder: ChainStoreFolder, plan: CrashPlan, keptFrom: number): Promise<Record<string, string>> {
  const { store } = await folder.open({ mode: plan.pruned ? 'pruned' : 'archive' })
  const db = folder.database as Database
  const best = 'JOIN best ON best.header = t.header'
  const digest = (sql: string) => {
    const hash = createHash('sha256')
    for (const row of db.prepare(sql).all())
      for (const value of Object.values(row)) hash.update(value instanceof Uint8Array ? value : `;${value};`)
    return hash.digest('hex')
  }
  const position = keptFrom * 2 ** 20
  const digests = {
    coins: digest('SELECT * FROM coin ORDER BY outpoint'),
    best: digest(
      'SELECT best.height, hash, transactions, weight, fees FROM best JOIN header ON id = best.header ORDER BY 1',
    ),
    undo: digest(`SELECT height, bytes FROM undo AS t ${best} WHERE height >= ${keptFrom} ORDER BY height`),
    filters: digest(`SELECT height, filter_header, filter FROM filter AS t ${best} ORDER BY height`),
    filterHashes: digest(`SELECT height, hash FROM filter_hash AS t ${best} ORDER BY height`),
    transactions: digest(`SELECT * FROM tx WHERE position >= ${position} ORDER BY position`),
    scripts: digest(`SELECT * FROM script WHERE position >= ${position} ORDER BY script, position`),
    indexed: digest('SELECT name, next FROM indexed ORDER BY name'),
    totals: digest('SELECT tip_height, coins, coin_bytes, coin_check, supply FROM state'),
  }
  store.close()
  return digests
}

test.each(SEEDS)('plan %i: killed at each kind of write', async (seed) => {
  const plan = plans.get(seed) as CrashPlan
  const whole = newFolder()
  const undisturbed = await live(whole, seed, undefined)
  expect(undisturbed.status, undisturbed.errors).toBe(0)
  const counts = countsOf(undisturbed)
  const kinds = plan.pruned ? [...KINDS, ...PRUNING_KINDS] : KINDS
  expect([...counts.keys()].filter((kind) => !kinds.includes(kind))).toEqual([])
  expect(await expectConsistent(whole, plan, 'undisturbed')).toBe(plan.best.height)
  const random = seededNumbers(seed * 1_000)
  const taken = LONG ? kinds : kinds.filter((_, at) => at % 8 === seed % 8)
  for (const kind of taken.filter((name) => counts.has(name)))
    for (let n = 0; n < DEATHS_OF_KIND; n++) {
      const folder = newFolder()
      const nth = 1 + random(counts.get(kind) as number)
      const what = `seed ${seed}, ${kind} ${nth}`
      const died = await live(folder, seed, { kind, nth })
      expect(died.signal, `${what}: ${died.errors}`).toBe('SIGKILL')
      await expectConsistent(folder, plan, what)
      const next = await live(folder, seed, undefined)
      expect(next.status, `${what}: ${next.errors}`).toBe(0)
      expect(await expectConsistent(folder, plan, `${what}, then to the end`)).toBe(plan.best.height)
      folder.remove()
    }
})

test('killed at any moment, again and again', async () => {
  let deaths = 0
  let folder = newFolder()
  const random = seededNumbers(99)
  for (let round = 0; deaths < DEATHS_AT_RANDOM; round++) {
    const seed = SEEDS[round % SEEDS.length] as (typeof SEEDS)[number]
    const plan = plans.get(seed) as CrashPlan
    folder = newFolder()
    // Each life is given more time, so that every plan comes to its end.
    for (let lives = 1; ; lives++) {
      const life = await live(folder, seed, { after: random(150) * lives })
      const what = `seed ${seed}, life ${lives}`
      if (life.status === 0) break
      expect(life.signal, `${what}: ${life.errors}`).toBe('SIGKILL')
      deaths++
      await expectConsistent(folder, plan, what)
    }
    expect(await expectConsistent(folder, plan, `seed ${seed}, at the end`)).toBe(plan.best.height)
    folder.remove()
  }
})

/**
 * The chain: full blocks, empty blocks and headers through Shoal's chainstate, beside bcoin and beside what secp256k1 does bare;
 * and with chain.db on a thread of its own, as the app has it: a second node that gets a chain from a first, a long
 * reorganisation, and a million coins, with them also the memory of the built daemon. Every measurement is a process of its own, and they take turns; blocks come from files
 * that are made first, and are the same for all.
 *
 * What waits for a processor on a busy machine counts in seconds but not in processor seconds ("CPU s"). Where other programs
 * are compared with, they run by turns with ours; where a goal is in seconds, it holds for a machine with nothing else to do.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type BcoinValidation, validateWithBcoin } from './bcoin.ts'
import { type Bench, megabytes } from './bench.ts'
import { readBlocks } from './chain/block-file.ts'
import { network } from './chain/chain-maker.ts'
import { type DaemonMemory, daemonMemory } from './chain/daemon.ts'
import type { ManyCoins, Work } from './chain/thread.ts'
import type { FullBlocks, Validation } from './chain/validate.ts'
import { type Goal, median, type Row, spread } from './report.ts'
import { Run } from './run.ts'

const at = (name: string) => join(import.meta.dirname, 'chain', name)
const FULL_BLOCKS = 40
const FULL_ROUNDS = 5
/** bcoin takes ten seconds and more for one. */
const BCOIN_FULL_BLOCKS = 1
const EMPTY_BLOCKS = 3_000
const HEADERS = 100_000
const SYNC_BLOCKS = 5_000
const SYNC_ROUNDS = 2
const REORGANISED = 1_000
const FORK = 1_000
const COINS = 1_000_000
const COIN_BLOCKS = 50
const SPENDS = 500
const THREADS = availableParallelism()

export const ABOUT_CHAIN = `${FULL_BLOCKS} full blocks in ${FULL_ROUNDS} parts, the local network, ${THREADS} threads check signatures`

interface Measured {
  readonly full: FullBlocks
  readonly bcoinFull: BcoinValidation
  readonly empty: readonly Validation[]
  readonly bcoinEmpty: readonly BcoinValidation[]
  readonly headers: readonly Validation[]
  readonly local: readonly Work[]
  readonly sync: readonly Work[]
  readonly reorganisations: readonly Work[]
  readonly coins: ManyCoins
  readonly daemon: DaemonMemory
}

export async function chain(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const folder = mkdtempSync(join(bench.folder, 'chain-'))
  // Node keeps what it makes of our TypeScript: what it takes to read that is no part of anything measured.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled')
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    bench.say(`chain: ${name}`)
    return work()
  }
  const full = await step('full blocks', () => fullBlocks(folder))
  const rounds = Math.min(3, bench.runs)
  const results: Measured = {
    ...full,
    ...(await step('empty blocks, headers', () => smallThings(folder, rounds))),
    ...(await step(`a second node gets ${SYNC_BLOCKS} blocks; a reorganisation`, () => onDisk(folder))),
    ...(await step(`${COINS} coins`, () => manyCoins(folder))),
  }
  delete process.env.NODE_COMPILE_CACHE
  rmSync(folder, { recursive: true, force: true })
  return { rows: rowsOf(results), goals: goalsOf(results) }
}

async function fullBlocks(folder: string): Promise<Pick<Measured, 'full' | 'bcoinFull'>> {
  await make(folder, 'full', { blocks: FULL_BLOCKS })
  const files = { before: blocks(folder, 'full-before'), blocks: blocks(folder, 'full') }
  const full = await measure<FullBlocks>('full', { ...files, rounds: FULL_ROUNDS, threads: THREADS })
  const before = readBlocks(files.before)
  const bcoinFull = await validateWithBcoin(folder, {
    ...{ network, before, blocks: readBlocks(files.blocks).slice(0, BCOIN_FULL_BLOCKS) },
  })
  rmSync(files.blocks)
  return { full, bcoinFull }
}

async function smallThings(
  folder: string,
  rounds: number,
): Promise<Pick<Measured, 'empty' | 'bcoinEmpty' | 'headers'>> {
  await make(folder, 'empty', { blocks: EMPTY_BLOCKS })
  await make(folder, 'headers', { headers: HEADERS })
  const file = blocks(folder, 'empty')
  const result = { empty: [] as Validation[], bcoinEmpty: [] as BcoinValidation[], headers: [] as Validation[] }
  for (let round = 0; round < rounds; round++) {
    result.empty.push(await measure<Validation>('empty', { blocks: file }))
    result.bcoinEmpty.push(await validateWithBcoin(folder, { network, blocks: readBlocks(file) }))
    result.headers.push(await measure<Validation>('headers', { headers: join(folder, 'headers.bin') }))
  }
  return result
}

async function onDisk(folder: string): Promise<Pick<Measured, 'local' | 'sync' | 'reorganisations'>> {
  await make(folder, 'small', { blocks: SYNC_BLOCKS, fork: FORK, length: REORGANISED })
  const [main, branch] = [blocks(folder, 'small'), blocks(folder, 'branch')]
  const [local, sync, reorganisations]: [Work[], Work[], Work[]] = [[], [], []]
  for (let round = 0; round < SYNC_ROUNDS; round++) {
    const server = newFolder(folder, `server-${round}`)
    local.push(await measure<Work>('fill', { folder: server, files: [main] }))
    sync.push(await syncedFrom(server, newFolder(folder, `client-${round}`)))
    const height = FORK + REORGANISED
    const options = { folder: newFolder(folder, `reorganised-${round}`), main, branch, height }
    reorganisations.push(await measure<Work>('reorganise', options))
  }
  return { local, sync, reorganisations }
}

async function syncedFrom(server: string, client: string): Promise<Work> {
  return servedFrom(server, async (port) => {
    const options = { folder: client, dial: port, height: SYNC_BLOCKS }
    const syncing = new Run([process.execPath, at('node.ts'), JSON.stringify(options)])
    const work = JSON.parse(await syncing.line(/"seconds"/)) as Work
    await syncing.finished()
    return work
  })
}

/** While a node gives the blocks of a folder to others. */
async function servedFrom<T>(server: string, work: (port: number) => Promise<T>): Promise<T> {
  const serving = new Run([process.execPath, at('node.ts'), JSON.stringify({ folder: server })])
  try {
    const { port } = JSON.parse(await serving.line(/"port"/)) as { port: number }
    return await work(port)
  } finally {
    await serving.stop()
  }
}

/** The same blocks twice: one by one by a process that times them, and by the built daemon, whose memory is measured. */
async function manyCoins(folder: string): Promise<Pick<Measured, 'coins' | 'daemon'>> {
  await make(folder, 'coins', { coins: COINS, blocks: COIN_BLOCKS, spends: SPENDS })
  const chainFolder = newFolder(folder, 'many')
  const before = blocks(folder, 'coins-before')
  await measure('fill', { folder: chainFolder, files: [before] })
  const profile = newFolder(folder, 'profile')
  cpSync(chainFolder, join(profile, 'chain', network.name), { recursive: true })
  const coins = await measure<ManyCoins>('coins', { folder: chainFolder, blocks: blocks(folder, 'coins') })
  const height = readBlocks(before).length + COIN_BLOCKS
  const daemon = await servedFrom(chainFolder, (dial) => daemonMemory({ profile, dial, height }))
  return { coins, daemon }
}

function blocks(folder: string, name: string): string {
  return join(folder, `${name}.blocks`)
}

function newFolder(folder: string, name: string): string {
  const path = join(folder, name)
  if (!existsSync(path)) mkdirSync(path)
  return path
}

async function make(folder: string, what: string, numbers: Readonly<Record<string, number>>): Promise<void> {
  await answerOf([at('make.ts'), what, folder, JSON.stringify(numbers)])
}

function measure<T>(what: string, options: unknown): Promise<T> {
  return answerOf<T>([at('measure.ts'), what, JSON.stringify(options)])
}

async function answerOf<T>(args: readonly string[]): Promise<T> {
  const run = new Run([process.execPath, ...args])
  const answer = JSON.parse(await run.line(/^\{/)) as T
  // It has closed what it had; Node itself now and then does not come to an end.
  await run.stop()
  return answer
}

const perSecond = ({ seconds, transactions }: Validation | BcoinValidation) => transactions / seconds
const perCpuSecond = ({ cpuSeconds, transactions }: Validation | BcoinValidation) => transactions / cpuSeconds

function rowsOf({ full, bcoinFull, empty, bcoinEmpty, headers, ...measured }: Measured): Row[] {
  const { local, sync, reorganisations, coins, daemon } = measured
  const { rounds } = full
  const rates = (name: string, all: readonly (Validation | BcoinValidation)[]): Row => ({
    name,
    cells: { 'a second': spread(all.map(perSecond), 0), 'a CPU second': spread(all.map(perCpuSecond), 0) },
  })
  const works = (name: string, all: readonly Work[]): Row => ({
    name,
    cells: {
      s: spread(
        all.map(({ seconds }) => seconds),
        2,
      ),
      'CPU s': spread(
        all.map(({ cpuSeconds }) => cpuSeconds),
        2,
      ),
    },
  })
  const p95 = (values: readonly number[]) => `${median(values).toFixed(0)} / ${percentile95(values).toFixed(0)}`
  return [
    rates(
      'transactions of full blocks, Shoal',
      rounds.map(({ ours }) => ours),
    ),
    rates('transactions of full blocks, bcoin', [bcoinFull]),
    {
      name: 'bare secp256k1, one thread',
      cells: {
        'a second': spread(
          rounds.map(({ bare }) => bare.perSecond),
          0,
        ),
        'a CPU second': spread(
          rounds.map(({ bare }) => bare.perCpuSecond),
          0,
        ),
      },
    },
    rates('empty blocks, Shoal', empty),
    rates('empty blocks, bcoin', bcoinEmpty),
    {
      name: 'headers',
      cells: {
        'a second': spread(
          headers.map((all) => all.blocks / all.seconds),
          0,
        ),
        'a CPU second': spread(
          headers.map((all) => all.blocks / all.cpuSeconds),
          0,
        ),
      },
    },
    works(`${SYNC_BLOCKS} blocks validated locally`, local),
    works(`${SYNC_BLOCKS} blocks over loopback`, sync),
    works(`${REORGANISED} blocks reorganised`, reorganisations),
    {
      name: `${coins.coins} coins, blocks of ${SPENDS} spends`,
      cells: {
        'start s': coins.startSeconds.toFixed(2),
        'ms p50/p95': p95(coins.connectMs),
        'CPU ms p50/p95': p95(coins.connectCpuMs),
        'peak MB': megabytes(coins.peakMemory).toFixed(0),
        "asker's delay ms p99": coins.delayMs.toFixed(0),
      },
    },
    {
      name: 'the same blocks by the built daemon',
      cells: {
        'MB after start': megabytes(daemon.afterStart).toFixed(0),
        'peak MB': megabytes(daemon.peak).toFixed(0),
      },
    },
  ]
}

function goalsOf({ full, bcoinFull, empty, bcoinEmpty, headers, ...measured }: Measured): Goal[] {
  const { local, sync, reorganisations, coins, daemon } = measured
  const rates = full.rounds.map(({ ours }) => perSecond(ours))
  const cpuRatio = (ours: readonly Validation[], theirs: readonly BcoinValidation[]) =>
    median(ours.map(perCpuSecond)) / median(theirs.map(perCpuSecond))
  const ratio = (ours: readonly Validation[], theirs: readonly BcoinValidation[]) =>
    median(ours.map(perSecond)) / median(theirs.map(perSecond))
  const bare = (value: (round: FullBlocks['rounds'][number]) => number) => median(full.rounds.map(value))
  const x = { unit: 'x' }
  return [
    { text: 'full blocks, against bcoin', value: median(rates) / perSecond(bcoinFull), atLeast: 30, ...x },
    {
      text: `full blocks, against bare secp256k1 times ${THREADS} threads`,
      value: bare(({ ours, bare }) => perSecond(ours) / (bare.perSecond * THREADS)),
      atLeast: 0.4,
      ...x,
    },
    {
      text: `the same as ${THREADS} processors to ourselves would have it`,
      value: bare(({ ours, bare }) => idleRate(ours) / (bare.perCpuSecond * THREADS)),
      atLeast: 0.4,
      ...x,
    },
    { text: 'empty blocks, against bcoin', value: ratio(empty, bcoinEmpty), atLeast: 3, ...x },
    { text: 'the same by processor time', value: cpuRatio(empty, bcoinEmpty), atLeast: 3, ...x },
    {
      text: 'headers',
      value: median(headers.map((all) => all.blocks / all.seconds)),
      atLeast: 50_000,
      unit: 'a second',
    },
    {
      text: 'headers by processor time',
      value: median(headers.map((all) => all.blocks / all.cpuSeconds)),
      atLeast: 50_000,
      unit: 'a CPU second',
    },
    {
      text: 'a second node over loopback, against validating locally',
      value: median(local.map(({ seconds }, i) => seconds / (sync[i]?.seconds ?? Number.NaN))),
      atLeast: 0.7,
      ...x,
    },
    {
      text: `reorganisation of ${REORGANISED} blocks`,
      value: median(reorganisations.map(({ seconds }) => seconds)),
      below: 2,
      unit: 's',
    },
    { text: `start with ${COINS} coins`, value: coins.startSeconds, below: 2, unit: 's' },
    { text: 'peak of memory of the built daemon', value: megabytes(daemon.peak), below: 300, unit: 'MB' },
    { text: `a block of ${SPENDS} spends, p95`, value: percentile95(coins.connectMs), below: 100, unit: 'ms' },
  ]
}

/** Transactions a second where neither the chain's thread nor all processors together ever wait. */
function idleRate({ transactions, cpuSeconds, chainCpuSeconds }: Validation): number {
  return transactions / Math.max(chainCpuSeconds, cpuSeconds / THREADS)
}

function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN
}

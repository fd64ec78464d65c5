/**
 * The difficulty experiment: rules for the target of the next block, each run through the life of a network of desktops, among
 * honest miners and with a liar about the time. The same options give the same result, block by block, on any machine.
 */
import { Checksum } from '../simulation/checksum.ts'
import { stampOf } from './difficulty/lies.ts'
import { measureRecovery, type Recovery } from './difficulty/recovery.ts'
import { type ComparedRule, RULES } from './difficulty/rules.ts'
import { type Breathe, searchLie } from './difficulty/search.ts'
import { ATTACKED, countBlocks, type Situation } from './difficulty/situations.ts'

export interface DifficultyOptions {
  /** Names of rules, each one of DIFFICULTY_RULES. */
  readonly rules: readonly string[]
  /** Runs of each figure, from 1 up; lies are looked for with as many at most. */
  readonly seeds: number
  /** The first of them, a whole number up to 2^53. */
  readonly seed: number
}

export const DIFFICULTY_RULES: readonly string[] = RULES.map(({ name }) => name)
export const MAX_DIFFICULTY_SEEDS = 10_000

/** Of the hash rate, for the liar. */
export const LIARS = [0.3, 0.5, 0.7] as const

export interface Attack {
  /** `day`, `half-day`, `hour` or `few`: see situations. */
  readonly situation: string
  readonly share: number
  /** Blocks of the liar with its best lie, over those of the same share of honest miners under the same luck, less 1. */
  readonly gain: number
  /** Mean blocks of all, with the share honest and lying. */
  readonly honestBlocks: number
  readonly blocks: number
  /** Lies that were tried. */
  readonly tried: number
}

export interface DifficultyRow extends Recovery {
  readonly rule: string
  readonly attacks: readonly Attack[]
  /** The largest gain over half a day or a day: what can be had again every day. */
  readonly dailyGain: number
}

export interface DifficultyResult {
  readonly rows: readonly DifficultyRow[]
  /** 16 hexadecimal digits: alike when the same blocks were found. */
  readonly checksum: string
}

export interface DifficultyWatcher {
  readonly progress?: (fraction: number, rule: string) => void
  readonly row?: (row: DifficultyRow) => void
  readonly signal?: AbortSignal
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runDifficulty(
  options: DifficultyOptions,
  watcher: DifficultyWatcher,
  breathe: Breathe,
): Promise<DifficultyResult> {
  const rules = RULES.filter(({ name }) => options.rules.includes(name))
  const seeds = Array.from({ length: options.seeds }, (_, n) => options.seed + n)
  const steps = rules.length * (1 + ATTACKED.length * LIARS.length)
  const checksum = new Checksum()
  let step = 0
  const pause = async () => {
    await breathe()
    watcher.signal?.throwIfAborted()
  }
  const begin = (rule: ComparedRule) => {
    watcher.progress?.(step++ / steps, rule.name)
    return pause()
  }
  const rows: DifficultyRow[] = []
  for (const rule of rules) {
    await begin(rule)
    const recovery = await measureRecovery(rule, seeds, pause)
    const attacks: Attack[] = []
    for (const situation of ATTACKED) {
      for (const share of LIARS) {
        await begin(rule)
        attacks.push(await attack(rule, situation, share, seeds, pause))
      }
    }
    const daily = attacks.filter(({ situation }) => situation === 'day' || situation === 'half-day')
    const row = { rule: rule.name, ...recovery, attacks, dailyGain: Math.max(...daily.map(({ gain }) => gain)) }
    rows.push(row)
    for (const { blocks, honestBlocks } of attacks) {
      checksum.fold(Math.round(blocks * seeds.length))
      checksum.fold(Math.round(honestBlocks * seeds.length))
    }
    checksum.fold(recovery.blocks)
    watcher.row?.(row)
  }
  return { rows, checksum: checksum.value }
}

/** The best lie that is found, measured with luck that it was not chosen by. */
export async function attack(
  rule: ComparedRule,
  situation: Situation,
  share: number,
  seeds: readonly number[],
  breathe: Breathe,
): Promise<Attack> {
  const { table, tried } = await searchLie(rule, situation, { share, maxRuns: seeds.length }, breathe)
  const stamp = stampOf(table)
  let [honestBlocks, blocks, honestOwn, own] = [0, 0, 0, 0]
  for (const seed of seeds) {
    await breathe()
    const honest = countBlocks(rule, situation, { seed, share })
    const lied = countBlocks(rule, situation, { seed, share, stamp })
    honestBlocks += honest.blocks
    blocks += lied.blocks
    honestOwn += honest.liarBlocks
    own += lied.liarBlocks
  }
  return {
    situation: situation.name,
    share,
    gain: own / honestOwn - 1,
    honestBlocks: honestBlocks / seeds.length,
    blocks: blocks / seeds.length,
    tried,
  }
}

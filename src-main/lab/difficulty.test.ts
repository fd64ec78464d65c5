import { describe, expect, test } from 'vitest'
import { stampOf, uniform } from './difficulty/lies.ts'
import { measureRecovery, type Recovery } from './difficulty/recovery.ts'
import { CHOSEN, RULES } from './difficulty/rules.ts'
import { ATTACKED, countBlocks, FIRST_HOUR, HALF_DAY, type Situation } from './difficulty/situations.ts'
import { DIFFICULTY_RULES, type DifficultyRow, runDifficulty } from './difficulty.ts'

const PATIENCE = 240_000
const now = async () => {}
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

const ruleOf = (name: string) => {
  const rule = RULES.find((other) => other.name === name)
  if (!rule) throw new RangeError(`no rule ${name}`)
  return rule
}

/** Blocks with a liar over those without, less 1, under the same luck. */
function gainOf(name: string, situation: Situation, claim: Parameters<typeof uniform>[0], share = 0.7): number {
  const rule = ruleOf(name)
  let [honest, lied] = [0, 0]
  for (let seed = 1; seed <= 40; seed++) {
    honest += countBlocks(rule, situation, { seed, share }).blocks
    lied += countBlocks(rule, situation, { seed, share, stamp: stampOf(uniform(claim)) }).blocks
  }
  return lied / honest - 1
}

describe('among honest miners, as the decision says', () => {
  const measured = new Map<string, Promise<Recovery>>()
  const recovery = (name: string) => {
    const known = measured.get(name) ?? measureRecovery(ruleOf(name), SEEDS, now)
    measured.set(name, known)
    return known
  }

  test(
    'after a night the schedule of ASERT is repaid in a burst; ours is calmer than ASERT of 6 h',
    async () => {
      const [ours, hourly, slow] = [await recovery(CHOSEN.name), await recovery('asert-1h'), await recovery('asert-6h')]
      expect(hourly.hour).toBeGreaterThan(600)
      expect(hourly.lowest).toBeLessThan(0.01)
      expect(ours.hour).toBeLessThan(slow.hour)
      // The bound of the window.
      expect(ours.lowest).toBeGreaterThan(0.1)
    },
    PATIENCE,
  )

  test(
    'when few come back, ours finds more than twice the blocks of capped ASERT and of the rule of 2,016',
    async () => {
      const ours = await recovery(CHOSEN.name)
      for (const name of ['asert-1h/10', 'bitcoin-2016'])
        expect(ours.few, name).toBeGreaterThan(2 * (await recovery(name)).few)
    },
    PATIENCE,
  )

  test(
    'on usual days a block comes each minute, up to 1 / (2 memory) later',
    async () => {
      const ours = await recovery(CHOSEN.name)
      expect(ours.spacing).toBeGreaterThan(60)
      expect(ours.spacing).toBeLessThan(62.5)
      expect(ours.noise).toBeLessThan(0.2)
    },
    PATIENCE,
  )
})

describe('a liar after a night', () => {
  test('under a bound for each block doubles the first hour by spreading the night over its blocks', () => {
    expect(gainOf('wtema-60/60', FIRST_HOUR, '60 spacings')).toBeGreaterThan(0.5)
    expect(gainOf('wtema-60/60', HALF_DAY, '60 spacings')).toBeGreaterThan(0.1)
  })

  test('under a bound for twenty blocks gains next to nothing by it', () => {
    expect(gainOf(CHOSEN.name, HALF_DAY, '60 spacings')).toBeLessThan(0.03)
  })
})

describe('the experiment', () => {
  const options = { rules: [CHOSEN.name], seeds: 20, seed: 1 }

  test(
    'no lie gains more than 5 % under our rule: in a day, in the first hour and half a day after a night, when few come back',
    async () => {
      const rows: DifficultyRow[] = []
      const fractions: number[] = []
      const watcher = {
        row: (row: DifficultyRow) => rows.push(row),
        progress: (fraction: number) => fractions.push(fraction),
      }
      const { rows: all, checksum } = await runDifficulty(options, watcher, now)
      expect(all).toEqual(rows)
      expect(rows.map(({ rule }) => rule)).toEqual([CHOSEN.name])
      const attacks = (rows[0] as DifficultyRow).attacks
      expect(attacks).toHaveLength(ATTACKED.length * 3)
      for (const { situation, share, gain, tried } of attacks) {
        expect(tried).toBeGreaterThan(50)
        expect(gain, `${situation} ${share}`).toBeLessThan(0.05)
      }
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
      expect(checksum).toMatch(/^[0-9a-f]{16}$/)
    },
    PATIENCE,
  )

  test(
    'the same seed has the same checksum, another one another',
    async () => {
      const checksum = async (seed: number) => (await runDifficulty({ ...options, seeds: 1, seed }, {}, now)).checksum
      expect(await checksum(3)).toBe(await checksum(3))
      expect(await checksum(4)).not.toBe(await checksum(3))
    },
    PATIENCE,
  )

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const begin = runDifficulty(options, { signal: stop.signal, progress: () => stop.abort(new Error('enough')) }, now)
    await expect(begin).rejects.toThrow('enough')
  })

  test('every rule has a name, ours among them', () => {
    expect(DIFFICULTY_RULES).toContain(CHOSEN.name)
  })
})

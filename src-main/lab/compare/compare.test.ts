import { describe, expect, test } from 'vitest'
import { COMPARE_DEFAULTS, type CompareOptions, type CompareResult, runCompare } from './compare.ts'
import { OVERLAYS } from './overlay-lab.ts'
import { settingsOf } from './settings.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = 240_000
const SMALL: CompareOptions = long
  ? COMPARE_DEFAULTS
  : { ...COMPARE_DEFAULTS, nodes: 300, lookups: 150, churnNodes: 60, lifetime: 20, lookupEvery: 2, minutes: 5 }

const run = (options: Partial<CompareOptions>) => runCompare({ ...SMALL, ...options }, {}, async () => {})
const usual = ({ rows }: CompareResult, overlay: string) => {
  const row = rows.find((one) => one.overlay === overlay && one.isUsual)
  if (!row) throw new Error(`no row of ${overlay}`)
  return row
}

describe('lookups of all four without churn', () => {
  test(
    'find everything, structured ones with few messages, flooding with many times as many',
    async () => {
      const result = await run({ parts: ['lookups'] })
      expect(result.rows.map(({ overlay }) => overlay)).toEqual(OVERLAYS)
      const flooding = usual(result, 'gnutella')
      for (const overlay of OVERLAYS) {
        const row = usual(result, overlay)
        expect(row.success, overlay).toBeGreaterThanOrEqual(0.99)
        expect(row.timeouts.max, overlay).toBe(0)
        expect(row.latency.mean, overlay).toBeGreaterThan(20)
        expect(row.state.mean, overlay).toBeGreaterThan(3)
        // Headers alone are more than that.
        expect(row.bytesPerLookup, overlay).toBeGreaterThan(28 * row.messagesPerLookup)
        expect(row.bytesPerSecond, overlay).toBe(0)
        if (overlay !== 'gnutella') expect(flooding.messagesPerLookup).toBeGreaterThan(10 * row.messagesPerLookup)
      }
      // A question and an answer for each step of Chord; one message for each of Pastry's, acknowledged, and one back.
      const { hops, messagesPerLookup } = usual(result, 'chord')
      expect(messagesPerLookup).toBeCloseTo(2 * hops.mean, 6)
      expect(usual(result, 'pastry').hops.mean).toBeLessThan(hops.mean)
    },
    PATIENCE,
  )
})

describe('under churn', () => {
  test(
    'each setting is one point of traffic and latency; asking more often costs more and meets fewer time-outs',
    async () => {
      const result = await run({ parts: ['churn'] })
      expect(result.rows.length).toBe(OVERLAYS.flatMap((overlay) => settingsOf(overlay, 0.01)).length)
      for (const row of result.rows) {
        const name = `${row.overlay} ${row.setting}`
        expect(row.lookups, name).toBeGreaterThan(SMALL.churnNodes)
        expect(row.bytesPerSecond, name).toBeGreaterThan(1)
        expect(row.success, name).toBeGreaterThan(0.7)
      }
      const chord = (seconds: number) => {
        const row = result.rows.find(({ setting }) => setting === `round ${seconds} s, r 16`)
        if (!row) throw new Error(`no round in ${seconds} s`)
        return row
      }
      expect(chord(5).bytesPerSecond).toBeGreaterThan(2 * chord(60).bytesPerSecond)
      expect(chord(5).timeouts.mean).toBeLessThan(chord(60).timeouts.mean)
      expect(chord(5).success).toBeGreaterThanOrEqual(0.98)
    },
    PATIENCE,
  )
})

test(
  'a block reaches all in less than a second, and hardly any is stale with one a minute; the same run repeats',
  async () => {
    const { chain, checksum, rows } = await run({ parts: ['chain'] })
    expect(rows).toEqual([])
    expect(chain?.half).toBeGreaterThan(0.05)
    expect(chain?.ninety).toBeGreaterThan(chain?.half ?? 1)
    expect(chain?.ninety).toBeLessThan(1)
    expect(chain?.staleRate).toBeLessThan(0.02)
    expect((await run({ parts: ['chain'] })).checksum).toBe(checksum)
    expect((await run({ parts: ['chain'], seed: 2 })).checksum).not.toBe(checksum)
    const few = { parts: ['lookups'], nodes: 40, lookups: 10 } as const
    expect(await run(few)).toEqual(await run(few))
  },
  PATIENCE,
)

test('ends with the reason of its signal', async () => {
  const stop = new AbortController()
  const watcher = { signal: stop.signal, progress: () => stop.abort(new Error('enough')) }
  await expect(runCompare(SMALL, watcher, async () => {})).rejects.toThrow('enough')
})

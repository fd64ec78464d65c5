import { describe, expect, test } from 'vitest'
import type { Clock } from '../../kernel/clock.ts'
import type { CommandHost } from '../command.ts'
import { runCommandLine } from '../run.ts'
import type { System } from '../system.ts'
import { lab } from './lab.ts'

/** Stands still but for a second with each look at it, so that every line of progress is due. */
function steppingClock(): Pick<Clock, 'now'> {
  let now = 0
  return { now: () => (now += 1_000) }
}

async function line(words: string, stop = new AbortController(), stdoutWrites: (text: string) => void = () => {}) {
  let stdout = ''
  let stderr = ''
  const status = await runCommandLine({ lab: async () => lab }, '9.9', words.split(' '), {
    stdout: {
      write: (text) => {
        stdout += text
        stdoutWrites(text)
      },
    },
    stderr: { write: (text) => (stderr += text) },
    workingDirectory: '/here',
    stop: stop.signal,
    openHost: () => ({ clock: steppingClock(), close: async () => {} }) as CommandHost,
    system: {} as System,
  })
  return { status, stdout, stderr }
}

const SMALL = '--nodes 2 --size 200000 --server-up 100000 --peer-up 50000 --peer-down 100000'
const PATIENCE = 60_000

describe('shoal lab swarm', () => {
  test(
    'with --json: a row for each N, the last line done with a checksum that repeats',
    async () => {
      const { stdout, status, stderr } = await line(`lab swarm ${SMALL} --seed 3 --json`)
      const events = stdout.split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text)]))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const rows = events.filter(({ event }) => event === 'row')
      expect(rows.map(({ nodes, serverBound }) => ({ nodes, serverBound }))).toEqual([
        { nodes: 1, serverBound: 2 },
        { nodes: 2, serverBound: 4 },
      ])
      expect(events.some(({ event, fraction }) => event === 'progress' && fraction === 1)).toBe(true)
      const done = events.at(-1)
      expect(done).toMatchObject({
        event: 'done',
        nodes: 2,
        seed: 3,
        fileBytes: 200_000,
        swarmBound: rows[1].swarmBound,
      })
      expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
      const again = await line(`lab swarm ${SMALL} --seed 3 --json`)
      expect(again.stdout).toBe(stdout)
    },
    PATIENCE,
  )

  test(
    'for people: a table, bars in proportion, and the formulas',
    async () => {
      const { stdout } = await line(`lab swarm ${SMALL}`)
      expect(stdout).toContain('200 kB for N peers. The server sends 100 kB/s; each peer sends 50.0 kB/s')
      expect(stdout).toMatch(/^ *N +server +at least +swarm +at least +gain$/m)
      const bars = [...stdout.matchAll(/(server|swarm) +(█+)[▏▎▍▌▋▊▉]? +([\d.]+) s$/gm)]
      expect(bars).toHaveLength(4)
      const perSecond = bars.map(([, , cells, seconds]) => (cells as string).length / Number(seconds))
      for (const scale of perSecond) expect(Math.abs(scale / (perSecond[2] as number) - 1)).toBeLessThan(0.1)
    },
    PATIENCE,
  )

  test(
    'stopped in the middle it ends with status 1 and says so',
    async () => {
      const stop = new AbortController()
      const { stdout, status } = await line(`lab swarm ${SMALL} --json`, stop, () => stop.abort())
      expect(status).toBe(1)
      expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({
        event: 'error',
        code: 'INTERRUPTED',
      })
    },
    PATIENCE,
  )

  test.each([
    'lab',
    'lab sworm',
    'lab swarm --nodes 0',
    'lab swarm --nodes 201',
    'lab swarm --seed -1',
    'lab swarm --size 1',
    'lab swarm --peer-up 1',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})

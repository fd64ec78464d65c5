import { afterEach, expect, test } from 'vitest'
import { LabHost } from '../engine/lab/lab-host.ts'
import { createClock } from '../host/clock.ts'
import { sourceScripts } from '../host/source-scripts.ts'
import { createThreads } from '../host/threads.ts'
import { silentLog } from '../kernel/log.ts'
import type { ThreadLink } from '../kernel/threads.ts'

const PATIENCE = 60_000
const links: ThreadLink[] = []
const threads = createThreads(sourceScripts)
const remembering = {
  start(name: 'chain' | 'lab') {
    const link = threads.start(name)
    links.push(link)
    return link
  },
}
const host = new LabHost({ threads: remembering, clock: createClock(), log: silentLog })

afterEach(async () => {
  await host.stop()
})

/** Resolves once what is watched is so. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = host.watchers.add(() => check())
    const check = () => {
      if (!isSo()) return
      end()
      resolve()
    }
    check()
  })
}

const stateOf = (id: string) => host.result(id).run.state

test(
  'real threads: one run to its end, one cancelled in mid-work, one whose thread is lost, and one after all of them',
  async () => {
    const options = { parts: ['forks', 'tamper'], nodes: 12, blocks: 100 }
    const first = host.start('chain', options)
    await until(() => stateOf(first) !== 'running')
    expect(host.result(first)).toMatchObject({ run: { state: 'done', problem: '', rows: 13 } })

    // Minutes of work, without a pause in a race.
    const long = host.start('chain', { parts: ['majority'], tries: 500_000 })
    await until(() => host.result(long).run.rows > 0)
    host.cancel(long)
    expect(stateOf(long)).toBe('cancelled')

    const lost = host.start('chain', { parts: ['majority'], tries: 500_000 })
    await until(() => host.result(lost).run.rows > 0)
    await links.at(-1)?.terminate()
    await until(() => stateOf(lost) !== 'running')
    expect(host.result(lost).run).toMatchObject({ state: 'failed', problem: expect.stringContaining('has ended') })

    const last = host.start('chain', options)
    await until(() => stateOf(last) === 'done' || stateOf(last) === 'failed')
    expect(host.result(last).sections).toEqual(host.result(first).sections)
  },
  PATIENCE,
)

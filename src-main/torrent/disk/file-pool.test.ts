import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { FilePool, IDLE_CLOSE } from './file-pool.ts'

type Host = ReturnType<Simulation['host']>

async function onPool(capacity: number, body: (pool: FilePool, host: Host, sim: Simulation) => Promise<void>) {
  const sim = new Simulation({ seed: 2 })
  const host = sim.host('pc', { diskDelay: [1, 5] })
  const pool = new FilePool(host.files, host.clock, capacity)
  for (let n = 0; n < 20; n++) host.files.put(`/d/${n}`, new Uint8Array([n]))
  await sim.within(60 * MINUTE, body(pool, host, sim))
  await sim.within(MINUTE, pool.close())
  await sim.stop()
}

const openFiles = (host: Host) => host.program.held('open file').length

async function first(pool: FilePool, path: string): Promise<number> {
  const into = new Uint8Array(1)
  await pool.read(path, (file) => file.read(into, 0))
  return into[0] as number
}

describe('file pool', () => {
  test('many readers of many files within the limit, each of the right file', () =>
    onPool(4, async (pool, host) => {
      let most = 0
      const watch = host.clock.every(1, () => {
        most = Math.max(most, openFiles(host))
      })
      const wanted = Array.from({ length: 200 }, (_, n) => n % 20)
      expect(await Promise.all(wanted.map((n) => first(pool, `/d/${n}`)))).toEqual(wanted)
      watch.cancel()
      expect(most).toBe(4)
    }))

  test('the longest unused is closed', () =>
    onPool(2, async (pool, host) => {
      for (const n of [1, 2, 1, 3]) await first(pool, `/d/${n}`)
      const open = host.program.held('open file').map(({ what }) => what)
      expect(open.sort()).toEqual(['/d/1', '/d/3'])
    }))

  test('what is not used is closed after a while, and no timer stays', () =>
    onPool(4, async (pool, host, _sim) => {
      await first(pool, '/d/1')
      await pool.write('/d/2', new Uint8Array([9]), 0)
      expect(openFiles(host)).toBe(2)
      await new Promise<void>((resolve) => host.clock.after(2 * IDLE_CLOSE, resolve))
      expect(openFiles(host)).toBe(0)
      expect(host.program.held('timer')).toEqual([])
    }))

  test('a file opened for writing also serves readers; one opened for reading is opened again to write', () =>
    onPool(4, async (pool, host) => {
      await first(pool, '/d/1')
      await pool.write('/d/1', new Uint8Array([77]), 0)
      await pool.release(['/d/1'])
      await pool.write('/d/1', new Uint8Array([78]), 0)
      expect(await first(pool, '/d/1')).toBe(78)
      expect(openFiles(host)).toBe(1)
    }))

  test('a missing file fails each time and never takes a place', () =>
    onPool(2, async (pool, host) => {
      for (let n = 0; n < 5; n++) expect(await first(pool, '/d/none').then(String, codeOf)).toBe('ENOENT')
      expect(await pool.write('/d/none', new Uint8Array(1), 0).then(String, codeOf)).toBe('ENOENT')
      expect(pool.size).toBe(0)
      host.files.put('/d/none', new Uint8Array([5]))
      expect(await first(pool, '/d/none')).toBe(5)
    }))

  test('sync makes durable what was written, also after the file was closed in between', () =>
    onPool(1, async (pool, host, sim) => {
      await pool.write('/d/1', new Uint8Array([101]), 0)
      await pool.write('/d/2', new Uint8Array([102]), 0)
      await first(pool, '/d/3')
      await pool.sync(['/d/1', '/d/3'])
      host.files.crash(0)
      expect(host.files.get('/d/1')).toEqual(new Uint8Array([101]))
      expect(host.files.get('/d/2')).toEqual(new Uint8Array([2]))
      expect(sim.elapsed).toBeGreaterThan(0)
    }))

  test('a sync that fails is owed, and a file that is gone owes none', () =>
    onPool(4, async (pool, host) => {
      await pool.write('/d/1', new Uint8Array([101]), 0)
      await pool.write('/d/2', new Uint8Array([102]), 0)
      await pool.release(['/d/2'])
      await host.files.remove('/d/2')
      const stop = host.files.inject({ on: 'sync', code: 'EIO', times: 1 })
      expect(await pool.sync(['/d/1', '/d/2']).then(String, codeOf)).toBe('EIO')
      stop()
      await pool.sync(['/d/1', '/d/2'])
      host.files.crash(0)
      expect(host.files.get('/d/1')).toEqual(new Uint8Array([101]))
    }))
})

test('a read that waited for a place when the pool was closed opens nothing any more', () =>
  onPool(1, async (pool) => {
    const reads = [1, 2, 3].map((n) => first(pool, `/d/${n}`).then(String, codeOf))
    await pool.close()
    expect(await Promise.all(reads)).toEqual(['1', 'CLOSED', 'CLOSED'])
  }))

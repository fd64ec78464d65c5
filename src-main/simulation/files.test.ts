import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import type { FileHandle } from '../kernel/files.ts'
import { failureCode, patternBytes } from '../kernel/port-tests/index.ts'
import type { SimulatedHost } from './host.ts'
import { BLOCK_BYTES } from './inode.ts'
import { type HostOptions, Simulation } from './simulation.ts'

const MINUTE = 60_000

/** A host with files, whose calls are waited for; at the end nothing may be left over. */
function world(options: HostOptions = {}) {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host('h', options)
  const wait = <T>(promise: Promise<T>) => sim.within(MINUTE, promise)
  const code = (promise: Promise<unknown>) => wait(failureCode(promise))
  return { sim, host, files: host.files, wait, code }
}

const text = (host: SimulatedHost, path: string) => {
  const bytes = host.files.get(path)
  return bytes && textOf(bytes)
}

describe('space', () => {
  test('holes cost nothing: a file of 100 GB with three blocks', async () => {
    const { sim, files, wait } = world()
    const file = await wait(files.open('/big', 'create'))
    const end = 100 * 10 ** 9
    await wait(file.write(utf8('end'), end - 3))
    await wait(file.write(utf8('middle'), end / 2))
    await wait(file.write(utf8('start'), 0))
    expect((await wait(file.stat())).size).toBe(end)
    expect(files.usedBytes).toBe(3 * BLOCK_BYTES)
    const bytes = new Uint8Array(3)
    expect(await wait(file.read(bytes, end - 3))).toBe(3)
    expect(textOf(bytes)).toBe('end')
    await wait(file.truncate(1))
    expect(files.usedBytes).toBe(BLOCK_BYTES)
    await wait(file.close())
    await sim.stop()
  })

  test('a full drive refuses to grow, takes what overwrites, and goes on when there is room again', async () => {
    const { sim, files, wait, code } = world({ capacity: 10 * BLOCK_BYTES })
    const file = await wait(files.open('/f', 'create'))
    expect(await code(file.write(patternBytes(11 * BLOCK_BYTES), 0))).toBe('ENOSPC')
    expect(await wait(files.freeSpace('/'))).toBe(0)
    expect(await code(file.write(patternBytes(BLOCK_BYTES), 0))).toBe('RESOLVED')
    expect(await code(file.write(utf8('x'), 20 * BLOCK_BYTES))).toBe('ENOSPC')
    files.setCapacity(100 * BLOCK_BYTES)
    expect(await wait(files.freeSpace('/'))).toBe(90 * BLOCK_BYTES)
    await wait(file.write(patternBytes(11 * BLOCK_BYTES), 0))
    await wait(file.close())
    expect(files.get('/f')).toEqual(patternBytes(11 * BLOCK_BYTES))
    await sim.stop()
  })

  test('removing and replacing files frees their space, once nobody has them open', async () => {
    const { sim, files, wait } = world()
    files.put('/a', patternBytes(5 * BLOCK_BYTES))
    files.put('/b', patternBytes(3 * BLOCK_BYTES))
    const open = await wait(files.open('/b', 'read'))
    await wait(files.rename('/a', '/b'))
    expect(files.usedBytes).toBe(8 * BLOCK_BYTES)
    await wait(open.close())
    expect(files.usedBytes).toBe(5 * BLOCK_BYTES)
    await wait(files.remove('/b'))
    expect(files.usedBytes).toBe(0)
    files.crash()
    expect(files.usedBytes).toBe(8 * BLOCK_BYTES)
    expect([files.get('/a'), files.get('/b')]).toEqual([patternBytes(5 * BLOCK_BYTES), patternBytes(3 * BLOCK_BYTES)])
    await sim.stop()
  })
})

describe('faults', () => {
  test('an error on the n-th write to matching paths, so many times', async () => {
    const { sim, files, wait, code } = world()
    const [bad, good] = [await wait(files.open('/bad', 'create')), await wait(files.open('/good', 'create'))]
    files.inject({ on: 'write', path: /bad/, nth: 2, times: 1, code: 'EIO' })
    const codes: string[] = []
    for (let i = 0; i < 3; i++) {
      codes.push(await code(bad.write(utf8('x'), i)))
      codes.push(await code(good.write(utf8('x'), i)))
    }
    expect(codes).toEqual(['RESOLVED', 'RESOLVED', 'EIO', 'RESOLVED', 'RESOLVED', 'RESOLVED'])
    await wait(Promise.all([bad.close(), good.close()]))
    await sim.stop()
  })

  test('short reads, until the fault is taken away', async () => {
    const { sim, files, wait } = world()
    files.put('/f', patternBytes(100))
    const file = await wait(files.open('/f', 'read'))
    const mend = files.inject({ on: 'read', shortBy: 30 })
    expect(await wait(file.read(new Uint8Array(100), 0))).toBe(70)
    expect(await wait(file.read(new Uint8Array(20), 0))).toBe(0)
    mend()
    expect(await wait(file.read(new Uint8Array(100), 0))).toBe(100)
    await wait(file.close())
    await sim.stop()
  })

  test('a read-only folder refuses what changes it and is read as ever', async () => {
    const { sim, host, files, wait, code } = world()
    files.put('/ro/f', utf8('kept'))
    files.setReadOnly('/ro', true)
    expect(await code(files.open('/ro/new', 'create'))).toBe('EACCES')
    expect(await code(files.open('/ro/f', 'update'))).toBe('EACCES')
    expect(await code(files.makeDirectory('/ro/folder'))).toBe('EACCES')
    expect(await code(files.remove('/ro/f'))).toBe('EACCES')
    expect(await code(files.rename('/ro/f', '/g'))).toBe('EACCES')
    expect(() => host.databases.open('/ro/x.db', { synchronous: 'FULL' })).toThrow(
      expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
    )
    await wait((await wait(files.open('/ro/f', 'read'))).close())
    expect(text(host, '/ro/f')).toBe('kept')
    files.setReadOnly('/ro', false)
    await wait(files.remove('/ro/f'))
    await sim.stop()
  })

  test('a drive that is taken away is missing, and whole when it is back', async () => {
    const { sim, host, files, wait, code } = world()
    files.put('/media/usb/f', utf8('kept'))
    const file = await wait(files.open('/media/usb/f', 'update'))
    files.unmount('/media/usb')
    expect(await code(file.write(utf8('lost'), 0))).toBe('EIO')
    expect(await wait(files.stat('/media/usb/f'))).toBeUndefined()
    expect(await code(files.open('/media/usb/f', 'create'))).toBe('ENOENT')
    expect(await code(files.makeDirectory('/media/usb/folder'))).toBe('ENOENT')
    expect(await code(files.freeSpace('/media/usb'))).toBe('ENOENT')
    files.mount('/media/usb')
    expect(text(host, '/media/usb/f')).toBe('kept')
    await wait(file.close())
    await sim.stop()
  })

  test('links in folders are followed, circles are not', async () => {
    const { sim, files, wait, code } = world()
    files.put('/real/folder/f', utf8('x'))
    files.symlink('real', '/short')
    files.symlink('/short/folder/../folder', '/shorter')
    files.symlink('/b', '/a')
    files.symlink('/a', '/b')
    expect(await wait(files.realPath('/shorter/f'))).toBe('/real/folder/f')
    expect(await code(files.realPath('/a'))).toBe('ELOOP')
    expect(await code(files.open('/a/f', 'read'))).toBe('ELOOP')
    await sim.stop()
  })

  test('the trash keeps what was moved there', async () => {
    const { sim, host, files, wait } = world()
    files.put('/d/f', utf8('once'))
    await wait(host.trash.move('/d/f'))
    files.put('/d/f', utf8('twice'))
    await wait(host.trash.move('/d/f'))
    expect(host.trash.moved).toEqual(['/d/f', '/d/f'])
    expect(files.tree()).toEqual(['/trash/1 f', '/trash/2 f'])
    expect(text(host, '/trash/2 f')).toBe('twice')
    await sim.stop()
  })

  test('operations take the time of the drive, and a buffer is read when they happen', async () => {
    const { sim, host, files, wait } = world({ diskDelay: [5, 10] })
    const file = await wait(files.open('/f', 'create'))
    const began = sim.elapsed
    const bytes = utf8('before')
    const written = file.write(bytes, 0)
    bytes.set(utf8('after!'))
    await wait(written)
    expect(sim.elapsed - began).toBeGreaterThanOrEqual(5)
    expect(text(host, '/f')).toBe('after!')
    await wait(file.close())
    await sim.stop()
  })
})

describe('a loss of power', () => {
  async function write(file: FileHandle, content: string, wait: <T>(p: Promise<T>) => Promise<T>) {
    await wait(file.write(utf8(content), 0))
  }

  test('keeps what was synced and takes back what was not', async () => {
    const { sim, host, files, wait } = world()
    const [synced, changed, lost] = (await wait(
      Promise.all(['/synced', '/changed', '/lost'].map((path) => files.open(path, 'create'))),
    )) as [FileHandle, FileHandle, FileHandle]
    await write(synced, 'synced', wait)
    await write(changed, 'first', wait)
    await write(lost, 'never', wait)
    await wait(Promise.all([synced.sync(), changed.sync()]))
    await write(changed, 'second, and longer', wait)
    await wait(changed.truncate(9_000))
    const after = sim.restart(host)
    after.files.crash()
    expect(after.files.tree()).toEqual(['/changed', '/synced'])
    expect([text(after, '/synced'), text(after, '/changed')]).toEqual(['synced', 'first'])
    expect(after.files.usedBytes).toBe(2 * BLOCK_BYTES)
    await sim.stop()
  })

  test('takes back renames and removals unless the folder was synced', async () => {
    const { sim, host, files, wait } = world()
    files.put('/d/old', utf8('old'))
    files.put('/d/gone', utf8('gone'))
    files.put('/e/old', utf8('old'))
    for (const folder of ['/d', '/e']) {
      const file = await wait(files.open(`${folder}/new`, 'create'))
      await write(file, 'new', wait)
      await wait(file.sync())
      await wait(file.close())
      await wait(files.rename(`${folder}/new`, `${folder}/old`))
    }
    await wait(files.remove('/d/gone'))
    await wait(files.syncDirectory('/e'))
    files.crash()
    expect(files.tree()).toEqual(['/d/gone', '/d/new', '/d/old', '/e/old'])
    expect([text(host, '/d/old'), text(host, '/e/old'), text(host, '/d/gone')]).toEqual(['old', 'new', 'gone'])
    await sim.stop()
  })

  test('a folder that was moved is in its new place only', async () => {
    const { sim, host, files, wait } = world()
    files.put('/a/folder/f', utf8('kept'))
    await wait(files.rename('/a/folder', '/a/moved'))
    files.crash()
    expect(files.tree()).toEqual(['/a/moved/f'])
    expect(text(host, '/a/moved/f')).toBe('kept')
    await sim.stop()
  })

  test('may leave some unsynced blocks, the same ones for the same seed', async () => {
    const survivors = async () => {
      const { sim, host, files, wait } = world()
      const file = await wait(files.open('/f', 'create'))
      await wait(file.write(new Uint8Array(100 * BLOCK_BYTES), 0))
      await wait(file.sync())
      await wait(file.write(new Uint8Array(100 * BLOCK_BYTES).fill(1), 0))
      await wait(file.close())
      files.crash(0.5)
      await sim.stop()
      const bytes = host.files.get('/f') as Uint8Array
      return Array.from({ length: 100 }, (_, i) => bytes[i * BLOCK_BYTES])
    }
    const first = await survivors()
    const kept = first.filter((byte) => byte === 1).length
    expect(kept).toBeGreaterThan(30)
    expect(kept).toBeLessThan(70)
    expect(await survivors()).toEqual(first)
  })
})

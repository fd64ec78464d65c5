import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { claimTargets, prepareDirectory } from './claims.ts'
import { FilePool } from './file-pool.ts'
import { Layout } from './layout.ts'
import { OwnFiles } from './own-files.ts'
import { planRemoval, remove } from './removal.ts'
import { exampleTorrent, mixedTorrent } from './test-support.ts'

type Host = ReturnType<Simulation['host']>

async function onHost(body: (host: Host) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 2 })
  const host = sim.host()
  await sim.within(10 * MINUTE, host.files.makeDirectory('/dl'))
  await sim.within(10 * MINUTE, body(host))
  await sim.stop()
}

const one = (name: string, directory = '/dl') =>
  new Layout(exampleTorrent([{ path: 'x', length: 9 }], { single: true, name }).metainfo, directory)
const folder = (name: string, paths: readonly string[], directory = '/dl') =>
  new Layout(
    exampleTorrent(
      paths.map((path) => ({ path, length: 9 })),
      { name },
    ).metainfo,
    directory,
  )

describe('targets of a new torrent', () => {
  test('a free place', () =>
    onHost(async (host) => {
      expect(await claimTargets(host.files, one('a'), [one('b'), folder('c', ['a'])], false)).toEqual([])
      expect(await claimTargets(host.files, one('a', '/dl/not/yet'), [], false)).toEqual([])
    }))

  test('something of others stands there: refused by name, or used when the person says so', () =>
    onHost(async (host) => {
      const layout = new Layout(mixedTorrent().metainfo, '/dl')
      host.files.put('/dl/shared/other', new Uint8Array(1))
      expect(await claimTargets(host.files, layout, [], false)).toEqual([])
      host.files.put('/dl/shared/deep/er/last.bin', new Uint8Array(1))
      host.files.put('/dl/shared/empty', new Uint8Array(0))
      await expect(claimTargets(host.files, layout, [], false)).rejects.toMatchObject({
        code: 'FILES_EXIST',
        fault: { path: '/dl/shared/empty' },
      })
      expect(await claimTargets(host.files, layout, [], true)).toEqual([1, 3])
    }))

  test('a link that leads nowhere is something too', () =>
    onHost(async (host) => {
      host.files.symlink('/etc/passwd', '/dl/a')
      await expect(claimTargets(host.files, one('a'), [], false)).rejects.toMatchObject({ code: 'FILES_EXIST' })
    }))

  test.each([
    ['the same file', one('film'), one('film')],
    ['the same file in other letters', one('Film'), one('fILM')],
    ['the same accents, composed otherwise', one('caf\u00e9'), one('cafe\u0301')],
    ['a file within a folder', folder('set', ['a/b']), folder('set', ['x', 'a/b'])],
    ['a torrent within the folder of another', one('b', '/dl/set/a'), folder('set', ['a/b'])],
    ['the folder around another torrent', folder('set', ['a/b']), one('b', '/dl/set/a')],
    ['a file where the other has a folder', folder('set', ['a']), folder('set', ['a/b'])],
    ['a folder where the other has a file', folder('set', ['a/b']), folder('set', ['a'])],
    ['a folder where the other is one file', folder('set', ['a/b']), one('set')],
  ])('taken: %s', (_name, layout, other) =>
    onHost(async (host) => {
      const owner = other.metainfo.name
      for (const useExisting of [false, true])
        await expect(claimTargets(host.files, layout, [one('zzz'), other], useExisting)).rejects.toMatchObject({
          code: 'PATH_TAKEN',
          fault: { owner },
          message: expect.stringContaining(owner),
        })
    }),
  )

  test('taken through a link to the same folder', () =>
    onHost(async (host) => {
      host.files.symlink('/dl', '/also')
      await expect(claimTargets(host.files, one('a', '/also'), [one('a')], false)).rejects.toMatchObject({
        code: 'PATH_TAKEN',
      })
    }))

  test('not taken: other files in a folder of the same name, or the same names elsewhere', () =>
    onHost(async (host) => {
      const others = [folder('set', ['x', 'y/z']), one('film', '/elsewhere'), folder('se', ['t/a'])]
      expect(await claimTargets(host.files, folder('set', ['a', 'y/b']), others, false)).toEqual([])
      expect(await claimTargets(host.files, one('film'), others, false)).toEqual([])
    }))

  test('the chosen folder is made, or named where it cannot be', () =>
    onHost(async (host) => {
      await prepareDirectory(host.files, '/dl/new/one')
      expect((await host.files.stat('/dl/new/one'))?.kind).toBe('directory')
      host.files.setReadOnly('/dl', true)
      await expect(prepareDirectory(host.files, '/dl/other')).rejects.toMatchObject({
        code: 'NOT_WRITABLE',
        fault: { path: '/dl/other' },
      })
      host.files.setReadOnly('/dl', false)
    }))
})

describe('removal with the data', () => {
  const layout = new Layout(mixedTorrent().metainfo, '/dl')

  function ownOf(host: Host, made: readonly number[], of = layout): OwnFiles {
    const own = new OwnFiles(host.files, new FilePool(host.files, host.clock), of, () => {})
    own.reset(of.fileIndexes.map((index) => ({ index, made: made.includes(index), seen: { size: 1, modifiedMs: 1 } })))
    for (const index of of.fileIndexes) host.files.put(of.path(index), new Uint8Array(1))
    return own
  }

  test('the whole folder in one, where nothing else is in it', () =>
    onHost(async (host) => {
      const plan = await planRemoval(host.files, layout, ownOf(host, [0, 1, 2, 3]), [one('other')])
      expect(plan).toEqual({ trash: ['/dl/shared'], folders: [], kept: [] })
      await remove(host.files, host.trash, plan)
      expect(host.trash.moved).toEqual(['/dl/shared'])
      expect(host.files.tree('/dl')).toEqual([])
      await remove(host.files, host.trash, plan)
      expect(host.trash.moved).toHaveLength(1)
    }))

  test('a file of the person in it stays, with the folders above it', () =>
    onHost(async (host) => {
      const own = ownOf(host, [0, 1, 2, 3])
      host.files.put('/dl/shared/deep/notes.txt', new Uint8Array(5))
      await remove(host.files, host.trash, await planRemoval(host.files, layout, own, []))
      expect(host.trash.moved).toHaveLength(4)
      expect(host.files.tree('/dl')).toEqual(['/dl/shared/deep/notes.txt'])
      expect(await host.files.stat('/dl/shared/deep/er')).toBeUndefined()
    }))

  test('files that were there before stay and are named', () =>
    onHost(async (host) => {
      const plan = await planRemoval(host.files, layout, ownOf(host, [0, 3]), [])
      expect(plan.trash).toEqual(['/dl/shared/small.txt', '/dl/shared/deep/er/last.bin'])
      expect(plan.kept).toEqual([
        { path: '/dl/shared/empty', reason: 'not made by this torrent' },
        { path: '/dl/shared/large.bin', reason: 'not made by this torrent' },
      ])
      await remove(host.files, host.trash, plan)
      expect(host.files.tree('/dl')).toEqual(['/dl/shared/empty', '/dl/shared/large.bin'])
    }))

  test('a file that another torrent uses stays', () =>
    onHost(async (host) => {
      const plan = await planRemoval(host.files, layout, ownOf(host, [0, 1, 2, 3]), [folder('shared', ['LARGE.bin'])])
      expect(plan.kept).toEqual([{ path: '/dl/shared/large.bin', reason: 'used by another torrent' }])
      expect(plan.trash).toHaveLength(3)
    }))

  test('a single file, and nothing where all is gone already', () =>
    onHost(async (host) => {
      const single = one('film')
      const own = ownOf(host, [0], single)
      expect(await planRemoval(host.files, single, own, [])).toEqual({ trash: ['/dl/film'], folders: [], kept: [] })
      await host.files.remove('/dl/film')
      expect(await planRemoval(host.files, single, own, [])).toEqual({ trash: [], folders: [], kept: [] })
    }))
})

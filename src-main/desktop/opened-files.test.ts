import { expect, test } from 'vitest'
import { isMagnetLink, MAX_OPENED, OpenedFiles, readOpened } from './opened-files.ts'

const numbered = (start: string, count: number, end = ''): string[] =>
  Array.from({ length: count }, (_, n) => `${start}${n}${end}`)

test('what was opened is told and taken once', () => {
  const opened = new OpenedFiles()
  let told = 0
  const stop = opened.watch(() => told++)
  opened.add({ paths: ['/a.torrent'], magnets: [] })
  opened.add({ paths: [], magnets: ['magnet:?xt=1'] })
  opened.add({ paths: [], magnets: [] })
  expect(told).toBe(2)
  expect(opened.take()).toEqual({ paths: ['/a.torrent'], magnets: ['magnet:?xt=1'] })
  expect(opened.take()).toEqual({ paths: [], magnets: [] })
  stop()
  opened.add({ paths: ['/b.torrent'], magnets: [] })
  expect(told).toBe(2)
})

test('of more than can wait the newest stay', () => {
  const opened = new OpenedFiles()
  opened.add({ paths: numbered('/', MAX_OPENED + 5, '.torrent'), magnets: numbered('magnet:?', MAX_OPENED + 1) })
  const { paths, magnets } = opened.take()
  expect([paths.length, paths[0], magnets.length, magnets[0]]).toEqual([
    MAX_OPENED,
    '/5.torrent',
    MAX_OPENED,
    'magnet:?1',
  ])
})

test.each([undefined, null, 7, 'magnet:?x', {}, { paths: 'a.torrent', magnets: {} }])(
  'a second start that hands over %j opens nothing',
  (data) => expect(readOpened(data)).toEqual({ paths: [], magnets: [] }),
)

test('a second start hands over files and links only, and not without end', () => {
  const data = {
    paths: ['/a.torrent', '/etc/passwd', 4, `/${'a'.repeat(5_000)}.torrent`],
    magnets: ['MAGNET:?xt=1', 'https://example.org/', ...numbered('magnet:?', MAX_OPENED)],
  }
  const { paths, magnets } = readOpened(data)
  expect(paths).toEqual(['/a.torrent'])
  expect(magnets).toHaveLength(MAX_OPENED - 1)
  expect(isMagnetLink(`magnet:?dn=${'a'.repeat(16_384)}`)).toBe(false)
})

import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('reads the profile, offline and .torrent files, made absolute', () => {
  const read = readArguments(['--profile', 'p', '--offline', 'a.torrent', '/b/c.TORRENT'], '/home/u')
  const opened = { paths: ['/home/u/a.torrent', '/b/c.TORRENT'], magnets: [] }
  expect(read).toEqual({ profile: '/home/u/p', offline: true, network: undefined, opened })
})

test('reads magnet links and files that the desktop hands over as addresses', () => {
  const magnet = 'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=a.torrent'
  const { opened } = readArguments([magnet, 'file:///home/u/my%20own.torrent', 'file:///%', '--', 'b.torrent'], '/')
  expect(opened).toEqual({ paths: ['/home/u/my own.torrent', '/b.torrent'], magnets: [magnet] })
})

test('passes over the switches of Chromium and what is no torrent', () => {
  const read = readArguments(
    ['--disable-gpu', '--lang=de', '.', 'notes.txt', '--profile=', `magnet:${'a'.repeat(20_000)}`],
    '/',
  )
  expect(read).toEqual({ profile: undefined, offline: false, network: undefined, opened: { paths: [], magnets: [] } })
})

test('takes a network of the chain that there is, and no other', () => {
  expect(readArguments(['--network', 'local'], '/').network).toBe('local')
  expect(readArguments(['--network', 'bitcoin'], '/').network).toBeUndefined()
})

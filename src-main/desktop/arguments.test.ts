import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('reads the profile, offline and .torrent files, made absolute', () => {
  const read = readArguments(['--profile', 'p', '--offline', 'a.torrent', '/b/c.TORRENT'], '/home/u')
  expect(read).toEqual({ profile: '/home/u/p', offline: true, files: ['/home/u/a.torrent', '/b/c.TORRENT'] })
})

test('passes over the switches of Chromium and what is no torrent', () => {
  const read = readArguments(['--disable-gpu', '--lang=de', '.', 'notes.txt', '--profile='], '/')
  expect(read).toEqual({ profile: undefined, offline: false, files: [] })
})

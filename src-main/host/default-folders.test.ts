import { expect, test } from 'vitest'
import { defaultDownloadFolder, defaultProfile } from './default-folders.ts'

test('the profile stands where each platform keeps application data', () => {
  expect(defaultProfile('linux', {}, '/home/u')).toBe('/home/u/.config/shoal')
  expect(defaultProfile('linux', { XDG_CONFIG_HOME: '/c' }, '/home/u')).toBe('/c/shoal')
  expect(defaultProfile('linux', { XDG_CONFIG_HOME: 'relative' }, '/home/u')).toBe('/home/u/.config/shoal')
  expect(defaultProfile('darwin', {}, '/Users/u')).toBe('/Users/u/Library/Application Support/Shoal')
  expect(defaultProfile('win32', { APPDATA: '/r' }, '/u')).toBe('/r/Shoal')
})

test('downloads go to the user’s own folder for them', () => {
  expect(defaultDownloadFolder({}, '/home/u')).toBe('/home/u/Downloads')
  expect(defaultDownloadFolder({ XDG_DOWNLOAD_DIR: '/d' }, '/home/u')).toBe('/d')
})

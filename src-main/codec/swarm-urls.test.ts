import { describe, expect, test } from 'vitest'
import { fromHex, utf8 } from '../kernel/bytes.ts'
import { isTrackerUrl, isWebSeedUrl, MAX_URL_BYTES, usableTrackerUrl, usableWebSeedUrl } from './swarm-urls.ts'

describe('URLs of a swarm', () => {
  test.each(['http://t.example/announce', 'https://t.example:8443/a?b=c', 'udp://[2001:db8::1]:6969', 'udp://t:80/x'])(
    '%s is a tracker',
    (url) => {
      expect(isTrackerUrl(url)).toBe(true)
      expect(isWebSeedUrl(url)).toBe(!url.startsWith('udp'))
    },
  )

  test.each([
    ...['', 'announce', 'ws://t.example', 'file:///etc/passwd', 'javascript:alert(1)', 'ftp://t.example', 'http://'],
    ...['udp://', 'http://t.example/a b', 'http://t.example/\u0000', 'http://t.example/\u0085', ' http://t.example/'],
    `http://t.example/${'x'.repeat(MAX_URL_BYTES)}`,
  ])('%j is none', (url) => {
    expect(isTrackerUrl(url)).toBe(false)
    expect(isWebSeedUrl(url)).toBe(false)
  })

  test('spaces around one are dropped, the rest stays as it is', () => {
    expect(usableTrackerUrl(utf8(' udp://T.example:80 '))).toBe('udp://T.example:80')
    expect(usableWebSeedUrl(utf8('\nhttp://T.example'))).toBe('http://T.example')
    expect(usableTrackerUrl(fromHex('687474703a2f2f742f80'))).toBeUndefined()
    expect(usableTrackerUrl(undefined)).toBeUndefined()
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TrackerError } from './tracker-error.ts'
import { MAX_TRACKER_URL_LENGTH, parseTrackerUrl } from './tracker-url.ts'

describe('tracker URLs', () => {
  test.each([
    [
      'http://tracker.example/announce?passkey=1#x',
      { scheme: 'http', url: 'http://tracker.example/announce?passkey=1' },
    ],
    ['https://Tracker.Example:8443/x/announce', { scheme: 'https', name: 'tracker.example:8443', path: '/x/announce' }],
    ['http://127.0.0.1:6969/announce', { host: '127.0.0.1', path: '/announce' }],
    ['http://[::1]:6969/announce', { host: '::1' }],
    ['http://localhost:6969/announce?x=1', { host: 'localhost' }],
    ['udp://tracker.example:80', { scheme: 'udp', host: 'tracker.example', port: 80, urlData: '' }],
    ['udp://tracker.example:1337/announce', { scheme: 'udp', urlData: '', name: 'tracker.example:1337' }],
    ['UDP://tracker.example:1337/announce?key=1', { scheme: 'udp', urlData: '/announce?key=1' }],
    ['udp://[2001:DB8::1]:6969/', { host: '2001:db8::1', port: 6969, name: '[2001:db8::1]:6969', urlData: '' }],
    ['udp://127.0.0.1:6969', { host: '127.0.0.1' }],
  ])('%s is used', (text, parts) => expect(parseTrackerUrl(text)).toMatchObject(parts))

  test.each([
    ['wss://tracker.example/', 'only http://'],
    ['file:///etc/passwd', 'only http://'],
    ['http:tracker.example/announce', 'only http://'],
    ['http:///announce', 'only http://'],
    [' http://tracker.example/', 'only http://'],
    ['', 'only http://'],
    ['http://me:secret@tracker.example/announce', 'user name'],
    ['udp://me@tracker.example:1/announce', 'user name'],
    ['udp://tracker.example/announce', 'no port'],
    ['udp://tracker.example:0/announce', 'no port'],
    ['udp://tracker.example:99999/announce', 'not a URL'],
    ['http://127.0.0.1:9200/_shutdown', '/announce'],
    ['http://127.0.0.1:9200/announce/../_shutdown', '/announce'],
    ['http://2130706433/x', '/announce'],
    ['http://0x7f.1/x', '/announce'],
    ['http://[::ffff:127.0.0.1]/x', '/announce'],
    ['http://localhost/x', '/announce'],
    ['http://LOCALHOST./x', '/announce'],
    ['http://a.localhost/x', '/announce'],
    ['http://xn--80ak6aa92e.com/announce', 'plain ASCII'],
    ['http://аррӏе.com/announce', 'plain ASCII'],
    [`http://tracker.example/${'x'.repeat(MAX_TRACKER_URL_LENGTH)}`, 'longer than'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseTrackerUrl(text)).toThrow(TrackerError)
    expect(() => parseTrackerUrl(text)).toThrow(why)
  })

  test('a refusal does not repeat secrets', () => {
    expect(() => parseTrackerUrl('http://me:secret@tracker.example/?passkey=hidden')).toThrow(/^(?!.*(secret|hidden))/)
  })

  test('any text is used or refused with the typed error', { timeout: 60_000 }, () => {
    const text = fc
      .tuple(fc.constantFrom('http://', 'udp://', 'https://[', ''), fc.string({ unit: 'binary' }))
      .map((a) => a.join(''))
    fc.assert(
      fc.property(text, (url) => {
        try {
          expect(parseTrackerUrl(url).host).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(TrackerError)
        }
      }),
      { seed: 10, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 },
    )
  })
})

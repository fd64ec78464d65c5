import { describe, expect, test } from 'vitest'
import { readTarget } from './search-target.ts'

const KEY = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'

describe('what is looked up', () => {
  test.each([KEY, KEY.toUpperCase(), ` ${KEY}\n`])('a key: %j', (typed) => {
    expect(readTarget(typed)).toEqual({ key: KEY, torrent: false })
  })

  test('a magnet link, its hash in hex or in base32', () => {
    expect(readTarget(`magnet:?dn=x&xt=urn:btih:${KEY}&tr=http://a`)).toEqual({ key: KEY, torrent: true })
    const base32 = 'YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK'
    expect(readTarget(`MAGNET:?xt=urn:btih:${base32}`)).toEqual({ key: KEY, torrent: true })
    expect(readTarget(base32.toLowerCase())).toEqual({ key: KEY, torrent: false })
  })

  test('a mutable item by its owner: a link whose torrent changes, or the public key alone', () => {
    const publicKey = 'ab'.repeat(32)
    expect(readTarget(`magnet:?xs=urn:btpk:${publicKey.toUpperCase()}&s=6E&dn=x`)).toEqual({ publicKey, salt: '6e' })
    expect(readTarget(publicKey)).toEqual({ publicKey, salt: '' })
    expect(readTarget(`magnet:?xs=urn:btpk:${publicKey}&xt=urn:btih:${KEY}`)).toEqual({ key: KEY, torrent: true })
  })

  test.each([
    ['', 'Enter 40 hex digits'],
    ['hello', 'Enter 40 hex digits'],
    ['c12f', 'this has 4'],
    ['magnet:?xt=urn:btmh:1220abcd', 'no info-hash of version 1'],
    ['magnet:', 'no info-hash of version 1'],
    [`magnet:?xs=urn:btpk:${'ab'.repeat(31)}`, 'This link is broken'],
    [`magnet:?xs=urn:btpk:${'ab'.repeat(32)}&s=6`, 'This link is broken'],
  ])('%j is refused with what to do instead', (typed, sentence) => {
    expect(readTarget(typed)).toEqual({ problem: expect.stringContaining(sentence) })
  })
})

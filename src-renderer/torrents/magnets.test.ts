import { describe, expect, test } from 'vitest'
import { findMagnets, MAX_MAGNETS, shortMagnet } from './magnets.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'
const LINK = `magnet:?xt=urn:btih:${HASH}&dn=River%20Ouse&tr=https%3A%2F%2Ft.example%2Fa`

describe('links in a text', () => {
  test.each([
    [LINK, [LINK]],
    [`  ${LINK}\n`, [LINK]],
    [`<a href="${LINK}">here</a>`, [LINK]],
    [`see ${LINK}, or\n${LINK}x`, [LINK, `${LINK}x`]],
    [`${LINK}\r\n${LINK}`, [LINK]],
    [LINK.replace('magnet', 'MAGNET'), [LINK.replace('magnet', 'MAGNET')]],
    ['magnet:', []],
    ['magnetic? no', []],
    ['', []],
  ])('%j', (text, links) => expect(findMagnets(text)).toEqual(links))

  test('one longer than may be is left out, and there is an end to them', () => {
    expect(findMagnets(`magnet:?dn=${'a'.repeat(16_384)}`)).toEqual([])
    const many = Array.from({ length: MAX_MAGNETS + 5 }, (_, n) => `magnet:?${n}`).join('\n')
    expect(findMagnets(many)).toHaveLength(MAX_MAGNETS)
  })
})

test('a long link is shown by its ends', () => {
  expect(shortMagnet('magnet:?xt=1')).toBe('magnet:?xt=1')
  expect(shortMagnet(LINK)).toBe('magnet:?xt=urn:btih:0123456789abcdef01234567…%2Fa'.replace('%2Fa', LINK.slice(-12)))
})

import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { SECRET_BYTES, SECRET_LIFE, TOKEN_BYTES, TokenIssuer, type TokenUse } from './tokens.ts'

const random = SeededRandom.of(1)
const use: TokenUse = {
  endpoint: { host: '9.8.7.6', port: 6881 },
  id: random.bytes(20),
  target: random.bytes(20),
}
const issuer = (now = 0) => new TokenIssuer(() => random.bytes(SECRET_BYTES), now)

describe('a token', () => {
  test('is good for whom and what it was given', () => {
    const tokens = issuer()
    const token = tokens.issue(use, 0)
    expect(token).toHaveLength(TOKEN_BYTES)
    expect(tokens.issue(use, 1)).toEqual(token)
    expect(tokens.isValid(token, use, 1)).toBe(true)
  })

  test.each<[string, Partial<TokenUse>]>([
    ['address', { endpoint: { host: '9.8.7.5', port: 6881 } }],
    ['port', { endpoint: { host: '9.8.7.6', port: 6882 } }],
    ['id', { id: random.bytes(20) }],
    ['target', { target: random.bytes(20) }],
    ['order of id and target', { id: use.target, target: use.id }],
  ])('is not good for another %s', (_what, other) => {
    const tokens = issuer()
    expect(tokens.isValid(tokens.issue(use, 0), { ...use, ...other }, 0)).toBe(false)
  })

  test.each([0, 7, 9, 20])('of %i bytes is refused', (length) => {
    expect(issuer().isValid(new Uint8Array(length), use, 0)).toBe(false)
  })

  test('of another issuer, or with one bit changed, is refused', () => {
    const tokens = issuer()
    const token = tokens.issue(use, 0)
    expect(issuer().isValid(token, use, 0)).toBe(false)
    token[7] = (token[7] as number) ^ 1
    expect(tokens.isValid(token, use, 0)).toBe(false)
  })
})

test('lives from 5 to 10 minutes, also when nothing happened for long', () => {
  for (const [givenAt, goodUntil] of [
    [0, 2 * SECRET_LIFE],
    [SECRET_LIFE - 1, 2 * SECRET_LIFE],
    [SECRET_LIFE, 3 * SECRET_LIFE],
  ] as const) {
    const tokens = issuer()
    const token = tokens.issue(use, givenAt)
    expect(tokens.isValid(token, use, goodUntil - 1)).toBe(true)
    expect(tokens.isValid(token, use, goodUntil)).toBe(false)
    const idle = issuer()
    expect(idle.isValid(idle.issue(use, givenAt), use, goodUntil + 20 * SECRET_LIFE)).toBe(false)
  }
})

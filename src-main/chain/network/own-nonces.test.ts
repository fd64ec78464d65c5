import { expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { MAX_OWN_NONCES, OwnNonces } from './own-nonces.ts'

test('a nonce is known from its making to its release, and its owner learns whether it came back', () => {
  const nonces = new OwnNonces(SeededRandom.of(1))
  const [seen, unseen] = [nonces.make(), nonces.make()]
  expect(nonces.recognise(seen)).toBe(true)
  expect(nonces.recognise(seen ^ 1n)).toBe(false)
  expect([nonces.release(seen), nonces.release(unseen)]).toEqual([true, false])
  expect([nonces.recognise(seen), nonces.release(seen)]).toEqual([false, false])
})

test(`of more than ${MAX_OWN_NONCES} the oldest is forgotten`, () => {
  const nonces = new OwnNonces(SeededRandom.of(2))
  const made = Array.from({ length: MAX_OWN_NONCES + 1 }, () => nonces.make())
  expect(nonces.recognise(made[0] as bigint)).toBe(false)
  expect(nonces.recognise(made[1] as bigint)).toBe(true)
})

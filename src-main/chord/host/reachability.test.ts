import { expect, test } from 'vitest'
import { MAPPING_LIFE, MAX_CONTACTED, Reachability } from './reachability.ts'

const clock = { now: () => MAPPING_LIFE }
const unknown = () => new Reachability(() => false, undefined, clock)

test('one that we have sent nothing to is proof; one that we have asked of late is none', () => {
  const reachability = unknown()
  reachability.sentTo('1.2.3.4', 1_000)
  expect(reachability.askedFrom('1.2.3.4', 2_000)).toBe(false)
  expect(reachability.askedFrom('1.2.3.4', 1_000 + MAPPING_LIFE - 1)).toBe(false)
  expect(reachability.isProven).toBe(false)
  expect(reachability.askedFrom('5.6.7.8', 3_000)).toBe(true)
  expect(reachability.isProven).toBe(true)
  expect(reachability.askedFrom('9.9.9.9', 3_000)).toBe(false)
})

test('a router has forgotten whom we asked ten minutes ago', () => {
  const reachability = unknown()
  reachability.sentTo('1.2.3.4', 0)
  expect(reachability.askedFrom('1.2.3.4', MAPPING_LIFE)).toBe(true)
})

test('another network has to prove it again; what is known from elsewhere needs no proof', () => {
  const reachability = unknown()
  reachability.askedFrom('5.6.7.8', 0)
  reachability.reset()
  expect(reachability.isProven).toBe(false)
  const given = new Reachability(() => true, undefined, clock)
  expect(given.isProven).toBe(true)
  expect(given.askedFrom('5.6.7.8', 0)).toBe(false)
})

test('where more were asked lately than are remembered, nobody is taken for a stranger', () => {
  const reachability = unknown()
  for (let i = 0; i <= MAX_CONTACTED; i++) reachability.sentTo(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1_000)
  expect(reachability.size).toBe(MAX_CONTACTED)
  expect(reachability.askedFrom('99.0.0.1', 2_000)).toBe(false)
  expect(reachability.askedFrom('99.0.0.1', 1_000 + MAPPING_LIFE)).toBe(true)
})

test('whom others ask over our socket is no stranger either, until the end', () => {
  const listeners = new Set<(host: string) => void>()
  const watchAsked = (asked: (host: string) => void) => {
    listeners.add(asked)
    return () => listeners.delete(asked)
  }
  const reachability = new Reachability(() => false, watchAsked, clock)
  for (const asked of listeners) asked('9.0.0.1')
  expect(reachability.askedFrom('9.0.0.1', 2 * MAPPING_LIFE - 1)).toBe(false)
  expect(reachability.askedFrom('9.0.0.1', 2 * MAPPING_LIFE)).toBe(true)
  reachability.end()
  expect(listeners.size).toBe(0)
})

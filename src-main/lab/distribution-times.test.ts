import { describe, expect, test } from 'vitest'
import { serverBound, swarmBound } from './distribution-times.ts'

/** Kurose and Ross, figure 2.25: F / u is one hour, u_s = 10 u, d_min >= u_s. In units of F = 3600, u = 1. */
const TEXTBOOK = { fileBytes: 3_600, serverUp: 10, peerUp: 1, peerDown: 10 }
const HOUR = 3_600

describe('the figure of the textbook', () => {
  test.each([
    // Client-server: N F / u_s = N / 10 hours. Swarm: N F / (10 u + N u) = N / (10 + N) hours, at least F / u_s = 0.1.
    [1, 0.1, 0.1],
    [5, 0.5, 1 / 3],
    [10, 1, 0.5],
    [30, 3, 0.75],
    [35, 3.5, 7 / 9],
  ])('%i peers: %d h and %d h', (peers, server, swarm) => {
    expect(serverBound({ ...TEXTBOOK, peers }) / HOUR).toBeCloseTo(server, 10)
    expect(swarmBound({ ...TEXTBOOK, peers }) / HOUR).toBeCloseTo(swarm, 10)
  })

  test('a swarm stays below F / u for any N', () => {
    expect(swarmBound({ ...TEXTBOOK, peers: 1_000_000 })).toBeLessThan(HOUR)
  })
})

describe('each term decides where it is the largest', () => {
  // F = 6 MB, u_s = 3 MB/s, u = 1 MB/s, N = 9: F / u_s = 2 s, N F / u_s = 18 s, N F / (u_s + N u) = 54 / 12 = 4.5 s.
  const base = { peers: 9, fileBytes: 6e6, serverUp: 3e6, peerUp: 1e6, peerDown: 6e6 }

  test('uploads', () => {
    expect(serverBound(base)).toBeCloseTo(18)
    expect(swarmBound(base)).toBeCloseTo(4.5)
  })

  test('a slow receiver: F / d_min', () => {
    expect(serverBound({ ...base, peerDown: 2e5 })).toBeCloseTo(30)
    expect(swarmBound({ ...base, peerDown: 2e5 })).toBeCloseTo(30)
  })

  test('one copy must leave the server: F / u_s', () => {
    expect(swarmBound({ ...base, peerUp: 1e9 })).toBeCloseTo(2)
  })
})

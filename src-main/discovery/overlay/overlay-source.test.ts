import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { FIRST_PAUSE, MAX_COUNTED, overlaySource, type PeerSearchEnd, type SearchedOverlay } from './overlay-source.ts'

const END: PeerSearchEnd = { answered: true, requests: 3, hops: 1, took: 41.6, stored: undefined }

/** An overlay whose searches take a second and end as told, one after the other; the last of them again and again. */
function world(...ends: readonly { readonly peers: readonly Endpoint[]; readonly end: Partial<PeerSearchEnd> }[]) {
  const sim = new Simulation({ seed: 5 })
  const { clock, random } = sim.host('here')
  let searches = 0
  let stored: 'port' | 'none' = 'none'
  const state = { ready: true, changed: () => {} }
  const overlay: SearchedOverlay = {
    get ready() {
      return state.ready
    },
    watch(changed) {
      state.changed = changed
      return () => {
        state.changed = () => {}
      }
    },
    search({ port }, found, done) {
      stored = port > 0 ? 'port' : 'none'
      const { peers, end } = ends[Math.min(searches++, ends.length - 1)] ?? { peers: [], end: {} }
      const timer = clock.after(SECOND, () => {
        found(peers)
        done({ ...END, ...(stored === 'port' && { stored: 2 }), ...end })
      })
      return timer
    },
  }
  const source = overlaySource({ kind: 'chord', name: 'Ring', asked: 'host', overlay: () => overlay, clock, random })
  const found: Endpoint[] = []
  const follow = (port: number) => {
    const totals = () => ({ uploaded: 0, downloaded: 0, left: 1 })
    const subject = { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), port: () => port, totals }
    return source.follow(subject, (peers) => found.push(...peers))
  }
  return { sim, state, follow, found, searches: () => searches }
}

const peers = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ host: `9.${n >> 8}.${n & 255}.1`, port: 1 }))

test('passes on all peers that it is told of, and remembers a bounded number', async () => {
  const { sim, follow, found } = world({ peers: peers(3 * MAX_COUNTED), end: {} })
  const following = follow(0)
  await sim.run(5 * SECOND)
  expect(found).toHaveLength(3 * MAX_COUNTED)
  expect(following.status()).toMatchObject([
    { name: 'Ring', state: 'working', peers: MAX_COUNTED, message: '3 hosts asked, 1 hop, 42 ms' },
  ])
  await following.stop()
  expect(following.status()[0]?.nextAt).toBeUndefined()
  await sim.stop()
})

test('that nobody took the announcement is a reason to try again soon, whoever was found', async () => {
  const nobody = { peers: peers(5), end: { stored: 0 } }
  const { sim, follow, searches } = world(nobody, nobody, { peers: peers(5), end: {} })
  const following = follow(4_001)
  await sim.run(5 * SECOND)
  expect(following.status()[0]?.message).toBe('3 hosts asked, 1 hop, 42 ms, announced to 0')
  expect((following.status()[0]?.nextAt as number) - sim.elapsed).toBeLessThan(FIRST_PAUSE)
  await sim.run(MINUTE)
  expect(searches()).toBe(3)
  expect(following.status()[0]?.message).toBe('3 hosts asked, 1 hop, 42 ms, announced to 2')
  expect((following.status()[0]?.nextAt as number) - sim.elapsed).toBeGreaterThan(9 * MINUTE)
  await following.stop()
  await sim.stop()
})

test('a search that ends because nobody is left begins again as soon as there is somebody', async () => {
  const { sim, state, follow, searches } = world({ peers: [], end: { answered: false } }, { peers: [], end: {} })
  const following = follow(4_001)
  await sim.run(SECOND / 2)
  state.ready = false
  await sim.run(MINUTE)
  expect(searches()).toBe(1)
  expect(following.status()).toMatchObject([{ state: 'idle', message: 'waiting for the first hosts' }])
  state.ready = true
  state.changed()
  await sim.run(2 * SECOND)
  expect(following.status()[0]?.state).toBe('working')
  await following.stop()
  await sim.stop()
})

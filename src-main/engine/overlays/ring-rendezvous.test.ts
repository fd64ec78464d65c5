import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { toHex } from '../../kernel/bytes.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource, Subject } from '../../kernel/peer-source.ts'
import { RING_RENDEZVOUS, RING_RENDEZVOUS_TEXT, RingRendezvous } from './ring-rendezvous.ts'

function world() {
  const events: string[] = []
  const subjects: Subject[] = []
  const state = { port: 0, report: (_endpoints: readonly Endpoint[]) => {} }
  const source = (kind: PeerSource['kind']): PeerSource => ({
    kind,
    follow(subject, found) {
      events.push(`follow ${kind}`)
      subjects.push(subject)
      state.report = found
      const stop = async () => void events.push(`stop ${kind}`)
      return { completed: () => {}, refresh: () => void events.push(`refresh ${kind}`), status: () => [], stop }
    },
  })
  const found: Endpoint[] = []
  const rendezvous = new RingRendezvous({
    sources: [source('kademlia'), source('local')],
    port: () => state.port,
    found: (endpoints) => found.push(...endpoints),
  })
  return { events, subjects, state, found, rendezvous, done: () => events.splice(0) }
}

test('the key is the same for every Shoal', () => {
  expect(toHex(RING_RENDEZVOUS)).toBe(createHash('sha1').update(RING_RENDEZVOUS_TEXT).digest('hex'))
  expect(toHex(RING_RENDEZVOUS)).toBe('cb90a2fad6050834dad900ebb503d5d4d260cbc2')
})

test('it looks while it is wanted, as one that misses something, and passes on whom it finds', async () => {
  const { subjects, state, found, rendezvous, done } = world()
  rendezvous.setWanted(true)
  rendezvous.setWanted(true)
  expect(done()).toEqual(['follow kademlia', 'follow local'])
  const [subject] = subjects as [Subject]
  expect([subject.infoHash, subject.port(), subject.totals().left]).toEqual([RING_RENDEZVOUS, 0, 1])
  state.report([{ host: '20.1.0.1', port: 5 }])
  expect(found).toEqual([{ host: '20.1.0.1', port: 5 }])
  rendezvous.setWanted(false)
  expect(done()).toEqual(['stop kademlia', 'stop local'])
  rendezvous.setWanted(true)
  await rendezvous.stop()
  expect(done()).toEqual(['follow kademlia', 'follow local', 'stop kademlia', 'stop local'])
})

test('who becomes a member tells at once, and only then', () => {
  const { subjects, state, rendezvous, done } = world()
  rendezvous.setWanted(true)
  done()
  rendezvous.placesChanged()
  expect(done()).toEqual([])
  state.port = 6881
  rendezvous.placesChanged()
  rendezvous.placesChanged()
  expect(done()).toEqual(['refresh kademlia', 'refresh local'])
  expect(subjects[0]?.port()).toBe(6881)
})

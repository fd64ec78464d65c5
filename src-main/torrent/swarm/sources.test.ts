import { describe, expect, test } from 'vitest'
import type { PeerSource, Subject } from '../../kernel/peer-source.ts'
import { mayComeFrom, Sources } from './sources.ts'

const subject: Subject = {
  infoHash: new Uint8Array(20),
  peerId: new Uint8Array(20),
  port: () => 1,
  totals: () => ({ uploaded: 0, downloaded: 0, left: 0 }),
}
const KINDS = ['tracker', 'kademlia', 'chord', 'local', 'pex'] as const

function recorded(log: string[], kind: PeerSource['kind'], stop = () => Promise.resolve()): PeerSource {
  return {
    kind,
    follow: (_, found) => {
      found([{ host: '10.0.0.1', port: 1 }])
      return {
        completed: () => void log.push(`${kind} completed`),
        refresh: () => void log.push(`${kind} refresh`),
        status: () => [],
        stop: () => {
          log.push(`${kind} stop`)
          return stop()
        },
      }
    },
  }
}

describe('sources', () => {
  test('of a private torrent are trackers, people and who comes by itself (BEP 27)', () => {
    const origins = [...KINDS, 'incoming', 'given'] as const
    expect(origins.filter((origin) => mayComeFrom(origin, true))).toEqual(['tracker', 'incoming', 'given'])
    expect(origins.filter((origin) => mayComeFrom(origin, false))).toEqual([...origins])
  })

  test('say where each endpoint is from, and hear what happens until they are stopped', async () => {
    for (const [isPrivate, kinds] of [
      [false, KINDS],
      [true, ['tracker']],
    ] as const) {
      const log: string[] = []
      const sources = new Sources()
      const origins: string[] = []
      sources.follow(
        KINDS.map((kind) => recorded(log, kind)),
        isPrivate,
        subject,
        (endpoints, origin) => origins.push(`${origin} ${endpoints.length}`),
      )
      expect(origins).toEqual(kinds.map((kind) => `${kind} 1`))
      sources.completed()
      sources.refresh()
      await sources.stop()
      await sources.stop()
      sources.refresh()
      expect(log).toEqual(['completed', 'refresh', 'stop'].flatMap((what) => kinds.map((kind) => `${kind} ${what}`)))
    }
  })

  test('that fail to say goodbye hold nobody up', async () => {
    const sources = new Sources()
    sources.follow([recorded([], 'tracker', () => Promise.reject(new Error('gone')))], false, subject, () => {})
    await expect(sources.stop()).resolves.toBeUndefined()
  })
})

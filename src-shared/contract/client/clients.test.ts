import { describe, expect, test } from 'vitest'
import type { TorrentRow } from '../torrents.ts'
import { ClientError } from './client-error.ts'
import { createClients, MAX_GAPS_IN_A_ROW } from './clients.ts'
import type { Transport, TransportEvent } from './transport.ts'

const idOf = (n: number) => n.toString(16).padStart(40, '0')

function row(n: number, changes: Partial<TorrentRow> = {}): TorrentRow {
  return {
    id: idOf(n),
    name: `torrent ${n}`,
    state: 'downloading',
    reason: '',
    size: 100,
    selected: 100,
    done: 0,
    checked: 0,
    downRate: 0,
    upRate: 0,
    downloaded: 0,
    uploaded: 0,
    seeds: 0,
    peers: 0,
    directory: '/d',
    private: false,
    addedAt: 1,
    ...changes,
  }
}

/** A serving end driven by hand. */
class Wire implements Transport {
  readonly subscriptions: { emit: (event: TransportEvent) => void; open: boolean }[] = []
  answer: (call: string, args: unknown) => Promise<unknown> = async () => undefined

  call(service: string, call: string, args: unknown): Promise<unknown> {
    return this.answer(`${service}.${call}`, args)
  }

  subscribe(_service: string, _feed: string, _args: unknown, emit: (event: TransportEvent) => void): () => void {
    const subscription = { emit, open: true }
    this.subscriptions.push(subscription)
    return () => {
      subscription.open = false
    }
  }

  send(message: unknown): void {
    this.subscriptions.at(-1)?.emit({ kind: 'feed', message })
  }
}

function follow() {
  const wire = new Wire()
  const seen: (readonly TorrentRow[])[] = []
  const failures: { code: string; message: string }[] = []
  const stop = createClients(wire).torrents.rows(undefined, {
    next: (items) => seen.push(items),
    failed: (error) => failures.push(error),
  })
  return { wire, seen, failures, stop }
}

describe('a feed', () => {
  test('shows the snapshot and then each patch, unchanged rows as the same objects', () => {
    const { wire, seen } = follow()
    wire.send({ kind: 'rows', sequence: 0, rows: [row(1), row(2), row(3)] })
    wire.send({ kind: 'patch', sequence: 1, changed: [row(2, { done: 50 }), row(4)], removed: [idOf(3)] })
    const [first, second] = seen as [TorrentRow[], TorrentRow[]]
    expect(second.map((r) => [r.id, r.done])).toEqual([
      [idOf(1), 0],
      [idOf(2), 50],
      [idOf(4), 0],
    ])
    expect(second[0]).toBe(first[0])
  })

  test('a row sent again without a change is the same object, and so is the list', () => {
    const { wire, seen } = follow()
    wire.send({ kind: 'rows', sequence: 0, rows: [row(1)] })
    wire.send({ kind: 'patch', sequence: 1, changed: [row(1)], removed: [] })
    expect(seen[1]).toBe(seen[0])
  })

  test('a gap asks anew, and the rows that stayed equal are kept', () => {
    const { wire, seen } = follow()
    wire.send({ kind: 'rows', sequence: 0, rows: [row(1), row(2)] })
    wire.send({ kind: 'patch', sequence: 2, changed: [row(1, { done: 9 })], removed: [] })
    expect(wire.subscriptions.map((s) => s.open)).toEqual([false, true])
    expect(seen).toHaveLength(1)
    wire.send({ kind: 'rows', sequence: 0, rows: [row(1, { done: 9 }), row(2)] })
    expect(seen[1]?.[0]?.done).toBe(9)
    expect(seen[1]?.[1]).toBe(seen[0]?.[1])
  })

  test('a patch before any snapshot is a gap', () => {
    const { wire } = follow()
    wire.send({ kind: 'patch', sequence: 0, changed: [], removed: [] })
    expect(wire.subscriptions).toHaveLength(2)
  })

  test('a feed that keeps losing numbers ends after a bounded number of askings', () => {
    const { wire, failures } = follow()
    for (let i = 0; i < MAX_GAPS_IN_A_ROW + 3; i += 1) wire.send({ kind: 'rows', sequence: 7, rows: [] })
    expect(wire.subscriptions).toHaveLength(MAX_GAPS_IN_A_ROW + 1)
    expect(wire.subscriptions.every((s) => !s.open)).toBe(true)
    expect(failures.map((f) => f.code)).toEqual(['FEED_LOST'])
  })

  test.each([
    ['a row without a name', { kind: 'rows', sequence: 0, rows: [{ ...row(1), name: undefined }] }],
    ['a value in a table', { kind: 'value', sequence: 0, value: row(1) }],
    ['text', 'rows'],
    ['a number below nought', { kind: 'rows', sequence: -1, rows: [] }],
  ])('%s is refused and ends the feed', (_, message) => {
    const { wire, seen, failures } = follow()
    wire.send(message)
    expect(seen).toEqual([])
    expect(failures.map((f) => f.code)).toEqual(['BAD_ANSWER'])
    expect(wire.subscriptions[0]?.open).toBe(false)
  })

  test('a failure of the serving end is told with its own words', () => {
    const { wire, failures } = follow()
    wire.subscriptions[0]?.emit({ kind: 'failed', error: { code: 'NO_TORRENT', message: 'It is gone.' } })
    expect(failures).toEqual([{ code: 'NO_TORRENT', message: 'It is gone.' }])
  })

  test('nothing arrives after the end, not even from a late transport', () => {
    const { wire, seen, stop } = follow()
    stop()
    expect(wire.subscriptions[0]?.open).toBe(false)
    wire.send({ kind: 'rows', sequence: 0, rows: [row(1)] })
    expect(seen).toEqual([])
  })

  test('a value feed gives a list of one', () => {
    const wire = new Wire()
    const seen: unknown[] = []
    createClients(wire).app.opened(undefined, { next: (items) => seen.push(items), failed: () => {} })
    wire.send({ kind: 'value', sequence: 0, value: { count: 2 } })
    expect(seen).toEqual([[{ count: 2 }]])
  })
})

describe('a call', () => {
  test('gives the checked result', async () => {
    const wire = new Wire()
    wire.answer = async (call, args) => (call === 'torrents.add' && args ? { id: idOf(1), more: true } : undefined)
    const added = await createClients(wire).torrents.add({ source: { path: '/a.torrent' }, directory: '/d' })
    expect(added).toEqual({ id: idOf(1) })
  })

  test('refuses a result of another shape', async () => {
    const wire = new Wire()
    wire.answer = async () => ({ id: 'not a hash' })
    const call = createClients(wire).torrents.add({ source: { path: '/a.torrent' }, directory: '/d' })
    await expect(call).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  })

  test('passes on code, sentence and facts', async () => {
    const wire = new Wire()
    wire.answer = () => Promise.reject({ code: 'FILES_EXIST', message: 'They exist.', facts: { files: 2 } })
    const error = await createClients(wire)
      .torrents.add({ source: { path: '/a.torrent' }, directory: '/d' })
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ code: 'FILES_EXIST', message: 'They exist.', facts: { files: 2 } })
  })

  test('an error without a shape becomes a plain sentence', async () => {
    const wire = new Wire()
    wire.answer = () => Promise.reject(new TypeError('x is not a function'))
    await expect(createClients(wire).app.quit()).rejects.toMatchObject({ code: 'UNEXPECTED' })
  })
})

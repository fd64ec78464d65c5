import { beforeEach, describe, expect, test } from 'vitest'
import type { Services } from '#shared/contract/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { CodedError } from '../../kernel/errors.ts'
import { silentLog } from '../../kernel/log.ts'
import { encodeLine, LineReader } from '../../serving/json-lines.ts'
import type { ServerMessage } from '../../serving/messages.ts'
import {
  FEED_INTERVAL_MS,
  MAX_SUBSCRIPTIONS_PER_CLIENT,
  plainError,
  type ServedClient,
} from '../../serving/service-server.ts'
import { ContractServer } from './contract-server.ts'

const ID = 'a'.repeat(40)
const creation = (id: string, hashed: number) => ({
  id,
  path: '/x',
  name: 'x',
  state: 'hashing',
  files: 1,
  size: 10,
  hashed,
  rate: 0,
  pieceLength: 16_384,
  pieces: 1,
  skipped: 0,
  error: '',
})

/** A clock that is moved by hand. */
class ManualClock implements Clock {
  time = 0
  private due: { at: number; run: () => void }[] = []
  now = () => this.time
  wallTime = () => this.time
  after(delay: number, run: () => void) {
    const entry = { at: this.time + delay, run }
    this.due.push(entry)
    return {
      cancel: () => {
        this.due = this.due.filter((other) => other !== entry)
      },
    }
  }
  every(): never {
    throw new Error('not used')
  }
  advance(ms: number) {
    this.time += ms
    const ready = this.due.filter((entry) => entry.at <= this.time)
    this.due = this.due.filter((entry) => entry.at > this.time)
    for (const entry of ready) entry.run()
  }
  get waiting() {
    return this.due.length
  }
}

class NotFound extends CodedError<{ code: 'NO_SUCH_TORRENT'; id: string }> {}

let clock: ManualClock
let rows: ReturnType<typeof creation>[]
let watchers: Set<() => void>
let sent: ServerMessage[]
let client: ServedClient
let services: Services
const called: unknown[] = []

beforeEach(() => {
  clock = new ManualClock()
  rows = [creation('1', 0), creation('2', 0)]
  watchers = new Set()
  sent = []
  called.length = 0
  services = {
    torrents: {
      pause: async (args: { id: string }) => {
        called.push(args)
        if (args.id !== ID)
          throw new NotFound({ code: 'NO_SUCH_TORRENT', id: args.id }, 'Not in the list; add it first.')
      },
      creations: {
        read: () => rows,
        watch: (_: undefined, changed: () => void) => {
          watchers.add(changed)
          return () => watchers.delete(changed)
        },
      },
    },
    app: { info: async () => ({ version: 1 }) },
  } as unknown as Services
  client = new ContractServer(services, clock, silentLog).connect((message) => sent.push(message))
})

const settle = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))))
const call = (service: string, name: string, args: unknown) =>
  client.receive({ kind: 'call', id: 1, service, call: name, args })

describe('calls', () => {
  test('runs a call that the contract names, with checked arguments', async () => {
    call('torrents', 'pause', { id: ID, extra: 1 })
    await settle()
    expect(sent).toEqual([{ kind: 'result', id: 1, value: undefined }])
    expect(called).toEqual([{ id: ID }])
  })

  test('an error crosses as code, sentence and facts', async () => {
    call('torrents', 'pause', { id: 'b'.repeat(40) })
    await settle()
    const error = { code: 'NO_SUCH_TORRENT', message: 'Not in the list; add it first.' }
    expect(sent).toMatchObject([{ kind: 'error', id: 1, error: { ...error, facts: { id: 'b'.repeat(40) } } }])
  })

  test.each([
    ['torrents', 'constructor', {}, 'NO_SUCH_CALL'],
    ['__proto__', 'toString', {}, 'NO_SUCH_CALL'],
    ['torrents', 'pause', { id: 'short' }, 'BAD_ARGUMENTS'],
    ['torrents', 'pause', undefined, 'BAD_ARGUMENTS'],
  ])('%s.%s with %j is refused as %s', async (service, name, args, code) => {
    call(service, name, args)
    await settle()
    expect(sent).toMatchObject([{ kind: 'error', error: { code } }])
    expect(called).toEqual([])
  })

  test('a result that breaks the contract does not cross', async () => {
    call('app', 'info', undefined)
    await settle()
    expect(sent).toMatchObject([{ kind: 'error' }])
  })

  test('a message of no shape is ignored', async () => {
    for (const message of [null, 1, 'x', [], { kind: 'call' }, { kind: 'call', id: -1 }]) client.receive(message)
    await settle()
    expect(sent).toEqual([])
  })
})

describe('feeds', () => {
  const subscribe = (id = 7) =>
    client.receive({ kind: 'subscribe', id, service: 'torrents', feed: 'creations', args: undefined })
  const change = (next: typeof rows) => {
    rows = next
    for (const changed of watchers) changed()
  }

  test('sends everything first, then numbered differences', () => {
    subscribe()
    change([creation('2', 5), creation('3', 0)])
    clock.advance(FEED_INTERVAL_MS)
    expect(sent.map((m) => (m.kind === 'feed' ? m.message : m))).toMatchObject([
      { kind: 'rows', sequence: 0, rows: [{ id: '1' }, { id: '2' }] },
      { kind: 'patch', sequence: 1, changed: [{ id: '2', hashed: 5 }, { id: '3' }], removed: ['1'] },
    ])
  })

  test('sends at most ten a second and nothing where nothing changed', () => {
    subscribe()
    for (let ms = 0; ms < 1_000; ms++) {
      change([creation('1', ms)])
      clock.advance(1)
    }
    expect(sent.length - 1).toBeLessThanOrEqual(10)
    clock.advance(FEED_INTERVAL_MS)
    const before = sent.length
    change(rows.map((row) => ({ ...row })))
    clock.advance(FEED_INTERVAL_MS)
    expect(sent.length).toBe(before)
  })

  test('without arguments comes over JSON lines too, which leave out what is undefined', () => {
    const subscribeWithoutArgs = { kind: 'subscribe', id: 7, service: 'torrents', feed: 'creations', args: undefined }
    new LineReader().push(encodeLine(subscribeWithoutArgs), (message) => client.receive(message))
    expect(sent).toMatchObject([{ kind: 'feed', id: 7, message: { kind: 'rows', sequence: 0 } }])
  })

  test('ends with unsubscribe and with the connection', () => {
    subscribe()
    client.receive({ kind: 'unsubscribe', id: 7 })
    expect(watchers.size).toBe(0)
    subscribe(8)
    change([creation('1', 1)])
    client.close()
    expect([watchers.size, clock.waiting]).toEqual([0, 0])
  })

  test('subscriptions of one client are bounded', () => {
    for (let id = 0; id <= MAX_SUBSCRIPTIONS_PER_CLIENT; id++) subscribe(id)
    expect(sent.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'BUSY' } })
  })
})

test('a client that can no longer be sent to is closed, and its answers harm nobody', async () => {
  let tries = 0
  const lost = new ContractServer(services, clock, silentLog).connect(() => {
    tries++
    throw new Error('Object has been destroyed')
  })
  lost.receive({ kind: 'call', id: 1, service: 'torrents', call: 'pause', args: { id: ID } })
  lost.receive({ kind: 'subscribe', id: 2, service: 'torrents', feed: 'creations' })
  await settle()
  expect([tries, watchers.size, clock.waiting]).toEqual([1, 0, 0])
})

test('what a full database says crosses as a sentence', () => {
  const error = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  expect(plainError(error)).toEqual({
    code: 'SQLITE_FULL',
    message:
      'Shoal’s own database cannot be written: database or disk is full. Free some space on its disk, then try again.',
  })
  expect(plainError(Object.assign(error, { path: '/p/wallet/local/wallet.db' })).message).toBe(
    'Shoal’s database /p/wallet/local/wallet.db cannot be written: database or disk is full. Free some space on its disk, then try again.',
  )
})

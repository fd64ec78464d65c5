import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { SECOND } from '../../kernel/clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { FakeSocket, ManualClock, WALL_TIME } from '../test-support/stream-fakes.ts'
import {
  type CloseReason,
  deservesDiscouragement,
  type PeerConnectionOptions,
  type PeerMessage,
} from './connection-types.ts'
import { MessageReader } from './message-reader.ts'
import { encodeEnvelope } from './messages/envelope.ts'
import { encodeMessage, type Message, PROTOCOL_VERSION, Services } from './messages/index.ts'
import type { Version } from './messages/version.ts'
import { OwnNonces } from './own-nonces.ts'
import { HANDSHAKE_ALLOWANCE, HANDSHAKE_LIMIT, MAX_UNSENT_BYTES, PeerConnection } from './peer-connection.ts'
import { PING_INTERVAL, PONG_LIMIT } from './ping-watch.ts'

const MAGIC = Uint8Array.of(0xfc, 0x53, 0x48, 0x4c)

function theirVersion(changes: Partial<Version> = {}): Version {
  return {
    command: 'version',
    version: 70_016,
    services: Services.NETWORK | Services.WITNESS,
    time: WALL_TIME / SECOND + 7,
    receiver: { services: 0n, host: '203.0.113.9', port: 29_533 },
    sender: { services: 0n, host: '::', port: 0 },
    nonce: 99n,
    userAgent: '/other:1.0/',
    startHeight: 12,
    relay: true,
    ...changes,
  }
}

/** One connection with everything around it by hand. */
class Bench {
  readonly clock = new ManualClock()
  readonly socket = new FakeSocket()
  readonly nonces: OwnNonces
  readonly log: (string | PeerMessage | CloseReason)[] = []
  readonly connection: PeerConnection
  /** What to do with a message. */
  react: (message: PeerMessage) => void = () => {}

  constructor(direction: 'incoming' | 'outgoing', changes: Partial<PeerConnectionOptions> = {}) {
    const random = SeededRandom.of(5)
    this.nonces = new OwnNonces(random)
    this.connection = new PeerConnection(
      this.socket,
      direction,
      {
        ready: () => this.log.push('ready'),
        message: (message) => {
          this.log.push(message)
          this.react(message)
        },
        drained: () => this.log.push('drained'),
        closed: (reason) => this.log.push(reason),
      },
      {
        magic: MAGIC,
        clock: this.clock,
        random,
        nonces: this.nonces,
        services: Services.NETWORK | Services.WITNESS,
        userAgent: '/Shoal:0.1.0/',
        startHeight: () => 3,
        relay: true,
        ...changes,
      },
    )
  }

  /** What was sent since the last time. */
  sent(): Message[] {
    const messages: Message[] = []
    new MessageReader(MAGIC, { message: (message) => messages.push(message), skipped() {} }).push(this.socket.take())
    return messages
  }

  receive(...messages: Message[]): void {
    this.connection.data(concatBytes(messages.flatMap((message) => encodeMessage(MAGIC, message))))
  }

  /** Through both handshakes; nothing of them stays in the logs. */
  ready(changes: Partial<Version> = {}): this {
    this.connection.connected()
    this.receive(theirVersion(changes), { command: 'verack' })
    expect(this.log).toEqual(['ready'])
    this.log.length = 0
    this.sent()
    return this
  }

  get reason(): CloseReason {
    const last = this.log.at(-1)
    if (typeof last !== 'object' || !('code' in last)) throw new Error('not closed')
    return last
  }
}

describe('handshake', () => {
  test('we dial: our version goes first, and what else we speak before our verack', () => {
    const bench = new Bench('outgoing')
    expect(bench.sent()).toEqual([])
    bench.connection.connected()
    const [ours, ...rest] = bench.sent()
    expect(rest).toEqual([])
    expect(ours).toMatchObject({
      command: 'version',
      version: PROTOCOL_VERSION,
      services: 9n,
      time: WALL_TIME / SECOND,
      receiver: { services: 0n, host: '10.0.0.2', port: 40_000 },
      sender: { services: 9n, host: '::', port: 0 },
      userAgent: '/Shoal:0.1.0/',
      startHeight: 3,
      relay: true,
    })
    bench.receive(theirVersion())
    expect(bench.sent().map(({ command }) => command)).toEqual(['wtxidrelay', 'sendaddrv2', 'verack'])
    expect(bench.log).toEqual([])
    bench.receive({ command: 'wtxidrelay' }, { command: 'sendaddrv2' }, { command: 'verack' })
    expect(bench.log).toEqual(['ready'])
    expect(bench.connection.peer).toEqual({
      version: 70_016,
      services: 9n,
      userAgent: '/other:1.0/',
      startHeight: 12,
      relay: true,
      addrv2: true,
      wtxidRelay: true,
      clockOffset: 7,
      seenAs: { host: '203.0.113.9', port: 29_533 },
    })
  })

  test('we are dialled: nothing is sent before their version', () => {
    const bench = new Bench('incoming')
    expect(bench.sent()).toEqual([])
    bench.receive(theirVersion({ version: 70_015 }))
    // A node of 70015 does not know wtxidrelay.
    expect(bench.sent().map(({ command }) => command)).toEqual(['version', 'sendaddrv2', 'verack'])
    bench.receive({ command: 'verack' })
    expect(bench.connection.peer).toMatchObject({ addrv2: false, wtxidRelay: false })
    expect(bench.log).toEqual(['ready'])
  })

  test('what comes between version and verack is passed over, and a message right behind verack is not lost', () => {
    const bench = new Bench('incoming')
    bench.receive(theirVersion(), { command: 'sendheaders' }, { command: 'verack' }, { command: 'getaddr' })
    expect(bench.log).toEqual(['ready', { command: 'getaddr' }])
  })

  test.each([
    ['a message before version', [{ command: 'getaddr' }], 'getaddr'],
    ['verack before version', [{ command: 'verack' }], 'verack'],
    ['a second version', [theirVersion(), theirVersion()], 'version'],
    ['a version later', [theirVersion(), { command: 'verack' }, theirVersion()], 'version'],
    ['wtxidrelay after verack', [theirVersion(), { command: 'verack' }, { command: 'wtxidrelay' }], 'wtxidrelay'],
    ['sendaddrv2 after verack', [theirVersion(), { command: 'verack' }, { command: 'sendaddrv2' }], 'sendaddrv2'],
  ] as const)('%s ends the connection', (_, messages, command) => {
    const bench = new Bench('incoming')
    bench.receive(...messages)
    expect(bench.reason).toEqual({ code: 'OUT_OF_TURN', command })
    expect(bench.socket.isDestroyed).toBe(true)
    expect(bench.clock.timers).toBe(0)
  })

  test('a second verack means nothing', () => {
    const bench = new Bench('incoming').ready()
    bench.receive({ command: 'verack' })
    expect(bench.log).toEqual([])
  })

  test('an older protocol than 70015 is refused', () => {
    const bench = new Bench('incoming')
    bench.receive(theirVersion({ version: 70_014 }))
    expect(bench.reason).toEqual({ code: 'OBSOLETE', version: 70_014 })
    expect(bench.sent()).toEqual([])
  })

  test('our own nonce in their version is ourselves, and both ends learn it', () => {
    const dialling = new Bench('outgoing')
    dialling.connection.connected()
    const [ours] = dialling.sent() as [Version]
    const accepting = new Bench('incoming', { nonces: dialling.nonces })
    accepting.receive(ours)
    expect(accepting.reason).toEqual({ code: 'SELF' })
    expect(accepting.sent()).toEqual([])
    dialling.connection.closed()
    expect(dialling.reason).toEqual({ code: 'SELF' })
  })

  test('it takes at most 60 seconds', () => {
    const bench = new Bench('incoming')
    bench.clock.pass(HANDSHAKE_LIMIT / 2)
    bench.receive(theirVersion())
    bench.clock.pass(HANDSHAKE_LIMIT / 2 - 1)
    expect(bench.log).toEqual([])
    bench.clock.pass(1)
    expect(bench.reason).toEqual({ code: 'HANDSHAKE_TIMEOUT' })
    expect(bench.clock.timers).toBe(0)
  })

  test(`before its end no payload is above ${HANDSHAKE_ALLOWANCE} bytes`, () => {
    const early = new Bench('incoming')
    early.connection.data(encodeEnvelope(MAGIC, 'block', new Uint8Array(HANDSHAKE_ALLOWANCE + 1)))
    expect(early.reason).toMatchObject({ code: 'WIRE', error: { fault: { code: 'TOO_LARGE' } } })
    const late = new Bench('incoming').ready()
    const payload = new Uint8Array(HANDSHAKE_ALLOWANCE + 1)
    late.receive({ command: 'block', payload })
    expect(late.log).toEqual([{ command: 'block', payload }])
  })

  test('sending before it is over is our mistake', () => {
    const bench = new Bench('outgoing')
    bench.connection.connected()
    expect(() => bench.connection.send({ command: 'getaddr' })).toThrow('before the handshakes were over')
  })
})

describe('pings', () => {
  test('one at once and each two minutes; the pong tells how long it took', () => {
    const bench = new Bench('incoming')
    bench.receive(theirVersion(), { command: 'verack' })
    const first = bench.sent().at(-1)
    if (first?.command !== 'ping') throw new Error('no ping')
    bench.clock.pass(80)
    bench.receive({ command: 'pong', nonce: first.nonce + 1n })
    expect(bench.connection.pings).toEqual({ latest: undefined, minimum: undefined })
    bench.receive({ command: 'pong', nonce: first.nonce })
    expect(bench.connection.pings).toEqual({ latest: 80, minimum: 80 })
    bench.clock.pass(PING_INTERVAL - 80)
    const [second] = bench.sent()
    if (second?.command !== 'ping') throw new Error('no second ping')
    expect(second.nonce).not.toBe(first.nonce)
    bench.clock.pass(200)
    bench.receive({ command: 'pong', nonce: second.nonce })
    expect(bench.connection.pings).toEqual({ latest: 200, minimum: 80 })
  })

  test('no pong for twenty minutes is the end, whatever else comes; the times stay', () => {
    const bench = new Bench('incoming').ready()
    bench.clock.pass(PONG_LIMIT - 1)
    bench.receive({ command: 'getaddr' })
    // The first ping is open: no other has been sent.
    expect(bench.sent()).toEqual([])
    expect(bench.log).toEqual([{ command: 'getaddr' }])
    bench.clock.pass(1)
    expect(bench.reason).toEqual({ code: 'SILENT' })
    expect(bench.clock.timers).toBe(0)
  })

  test('theirs are answered', () => {
    const bench = new Bench('incoming').ready()
    bench.receive({ command: 'ping', nonce: 5n })
    expect(bench.sent()).toEqual([{ command: 'pong', nonce: 5n }])
    expect(bench.log).toEqual([])
  })
})

describe('limits and ends', () => {
  test(`a peer that leaves more than ${MAX_UNSENT_BYTES} bytes to us is disconnected`, () => {
    const bench = new Bench('incoming').ready()
    bench.socket.isStuck = true
    const block = { command: 'block', payload: new Uint8Array(4_000_000) } as const
    bench.connection.send(block)
    bench.connection.send(block)
    expect(bench.log).toEqual([])
    bench.connection.send(block)
    expect(bench.reason).toMatchObject({ code: 'SLOW_READER' })
    bench.connection.send(block)
    expect(bench.log).toHaveLength(1)
  })

  test('a flood of pings that is not read ends in the same way', () => {
    const bench = new Bench('incoming').ready()
    bench.socket.isStuck = true
    bench.socket.bufferedBytes = MAX_UNSENT_BYTES - 31
    bench.receive({ command: 'ping', nonce: 1n }, { command: 'ping', nonce: 2n })
    expect(bench.reason).toMatchObject({ code: 'SLOW_READER' })
    expect(bench.sent()).toHaveLength(1)
  })

  test('misbehaving ends it within the call, and the rest of the chunk is not delivered', () => {
    const bench = new Bench('incoming').ready()
    bench.react = () => bench.connection.misbehaved('headers without work')
    bench.receive({ command: 'headers', headers: new Uint8Array(80) }, { command: 'getaddr' })
    expect(bench.log).toEqual([
      { command: 'headers', headers: new Uint8Array(80) },
      { code: 'MISBEHAVED', rule: 'headers without work' },
    ])
  })

  test('closed is told once', () => {
    const bench = new Bench('incoming').ready()
    bench.connection.disconnect('enough')
    bench.connection.disconnect('again')
    bench.connection.ended()
    bench.connection.closed(new Error('reset'))
    bench.connection.drained()
    bench.receive({ command: 'getaddr' })
    expect(bench.log).toEqual([{ code: 'LOCAL', why: 'enough' }])
    expect(bench.clock.timers).toBe(0)
  })

  test('the ends of the stream', () => {
    const ended = new Bench('incoming')
    ended.connection.ended()
    expect(ended.reason).toEqual({ code: 'REMOTE_CLOSED' })
    const failed = new Bench('outgoing')
    const error = new Error('refused')
    failed.connection.closed(error)
    expect(failed.reason).toEqual({ code: 'NETWORK', error })
  })

  test('reading can be held up, and drained is passed on', () => {
    const bench = new Bench('incoming').ready()
    bench.connection.pauseReading()
    expect(bench.socket.isPaused).toBe(true)
    bench.connection.resumeReading()
    expect(bench.socket.isPaused).toBe(false)
    bench.connection.drained()
    expect(bench.log).toEqual(['drained'])
  })

  test('traffic is counted by command, unknown ones together', () => {
    const bench = new Bench('incoming').ready()
    bench.receive({ command: 'getaddr' }, { command: 'getaddr' })
    for (const command of ['strange1', 'strange2'])
      bench.connection.data(encodeEnvelope(MAGIC, command, new Uint8Array(0)))
    bench.connection.send({ command: 'mempool' })
    expect(bench.connection.received.table.get('getaddr')).toEqual({ messages: 2, bytes: 48 })
    expect(bench.connection.received.table.get('other')).toEqual({ messages: 2, bytes: 48 })
    expect(bench.connection.sent.table.get('mempool')).toEqual({ messages: 1, bytes: 24 })
    const total = [...bench.connection.sent.table.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    expect(bench.connection.sent.bytes).toBe(total)
  })

  test('only what no honest node does keeps an address away', () => {
    const wrong = (bytes: Uint8Array) => {
      const bench = new Bench('incoming')
      bench.connection.data(bytes)
      return deservesDiscouragement(bench.reason)
    }
    expect(wrong(encodeEnvelope(Uint8Array.of(1, 2, 3, 4), 'verack', new Uint8Array(0)))).toBe(false)
    expect(wrong(encodeEnvelope(MAGIC, 'version', new Uint8Array(2_000)))).toBe(true)
    expect(deservesDiscouragement({ code: 'MISBEHAVED', rule: 'x' })).toBe(true)
    expect(deservesDiscouragement({ code: 'LOCAL', why: 'x' })).toBe(false)
    expect(deservesDiscouragement({ code: 'OUT_OF_TURN', command: 'x' })).toBe(false)
    expect(deservesDiscouragement({ code: 'SLOW_READER', bufferedBytes: 1 })).toBe(false)
  })
})

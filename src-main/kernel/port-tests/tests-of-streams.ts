import { describe, expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../bytes.ts'
import { codeOf } from '../errors.ts'
import type { Endpoint, Listener, Streams } from '../network.ts'
import { type ProbedSocket, StreamProbe } from './stream-probe.ts'
import { failureCode, onBed, patternBytes, type TestBed } from './test-bed.ts'

export interface StreamsBed extends TestBed {
  readonly streams: Streams
  /** The address on which listeners are made and to which connections go. */
  readonly host: string
  /** An endpoint that neither takes nor refuses a connection. */
  silent(): Promise<Endpoint>
}

const CONNECT_TIMEOUT = 10_000
/** More than the buffers of a connection between two sockets of one machine hold. */
const MORE_THAN_BUFFERS = 32 * 1024 * 1024

interface Pair {
  readonly client: ProbedSocket
  readonly server: ProbedSocket
  readonly listener: Listener
}

/** Two ends of one new connection. */
async function connectedPair(bed: StreamsBed): Promise<Pair> {
  const server = new StreamProbe()
  let accepted: ((side: ProbedSocket) => void) | undefined
  const serverSide = new Promise<ProbedSocket>((resolve) => {
    accepted = resolve
  })
  const listener = await bed.settle(
    bed.streams.listen({ host: bed.host, port: 0 }, (socket) => {
      accepted?.({ socket, probe: server })
      return server
    }),
  )
  const probe = new StreamProbe()
  const socket = bed.streams.connect(listener.local, probe, { timeout: CONNECT_TIMEOUT })
  await bed.settle(probe.untilEvent('connected'))
  return { client: { socket, probe }, server: await bed.settle(serverSide), listener }
}

/** Closes the pair and checks what must hold of every connection: closed once, last, and no forbidden call. */
async function finish(bed: StreamsBed, { client, server, listener }: Pair): Promise<void> {
  client.socket.destroy()
  server.socket.destroy()
  await bed.settle(client.probe.untilEvent('closed'))
  await bed.settle(server.probe.untilEvent('closed'))
  await bed.settle(listener.close())
  for (const { probe } of [client, server]) {
    expect(probe.violations).toEqual([])
    expect(probe.events.filter((event) => event === 'closed')).toHaveLength(1)
  }
}

/** A few exchanges over a connection of their own: time enough for whatever else is under way to happen. */
async function exchangeAFewTimes(bed: StreamsBed): Promise<void> {
  const pair = await connectedPair(bed)
  for (let round = 1; round <= 10; round++) {
    pair.client.socket.write(utf8('?'))
    await bed.settle(pair.server.probe.untilReceived(round))
    pair.server.socket.write(utf8('!'))
    await bed.settle(pair.client.probe.untilReceived(round))
  }
  await finish(bed, pair)
}

export function testsOfStreams(name: string, create: () => StreamsBed | Promise<StreamsBed>): void {
  describe(`${name} as Streams`, () => {
    opening(create)
    sending(create)
    closing(create)
    backPressure(create)
  })
}

function opening(create: () => StreamsBed | Promise<StreamsBed>): void {
  test(
    'both ends know where they are',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      expect(pair.listener.local.host).toBe(bed.host)
      expect(pair.listener.local.port).toBeGreaterThan(0)
      expect(pair.client.socket.remote).toEqual(pair.listener.local)
      expect(pair.server.socket.local).toEqual(pair.listener.local)
      expect(pair.server.socket.remote).toEqual(pair.client.socket.local)
      expect(pair.server.probe.has('connected')).toBe(false)
      await finish(bed, pair)
    }),
  )
  test(
    'connecting where nobody listens is refused through `closed`',
    onBed(create, async (bed) => {
      const listener = await bed.settle(bed.streams.listen({ host: bed.host, port: 0 }, () => undefined))
      await bed.settle(listener.close())
      const probe = new StreamProbe()
      const socket = probe.use(() => bed.streams.connect(listener.local, probe, { timeout: CONNECT_TIMEOUT }))
      expect(socket.remote).toEqual(listener.local)
      await bed.settle(probe.untilEvent('closed'))
      expect(codeOf(probe.error)).toBe('ECONNREFUSED')
      expect(probe.events).toEqual(['closed'])
    }),
  )
  test(
    'a connection that is neither taken nor refused times out',
    onBed(create, async (bed) => {
      const probe = new StreamProbe()
      bed.streams.connect(await bed.silent(), probe, { timeout: 100 })
      await bed.settle(probe.untilEvent('closed'))
      expect(codeOf(probe.error)).toBe('ETIMEDOUT')
      expect(probe.events).toEqual(['closed'])
    }),
  )
  test(
    'giving up while connecting closes once, without an error',
    onBed(create, async (bed) => {
      const probe = new StreamProbe()
      const socket = bed.streams.connect(await bed.silent(), probe, { timeout: CONNECT_TIMEOUT })
      probe.use(() => socket.destroy())
      await bed.settle(probe.untilEvent('closed'))
      expect(probe.events).toEqual(['closed'])
      expect(probe.error).toBeUndefined()
    }),
  )
  test(
    'a name instead of an address is an error, not a look-up',
    onBed(create, async (bed) => {
      const probe = new StreamProbe()
      probe.use(() => bed.streams.connect({ host: 'localhost', port: 1 }, probe, { timeout: CONNECT_TIMEOUT }))
      await bed.settle(probe.untilEvent('closed'))
      expect(codeOf(probe.error)).toBe('EINVAL')
    }),
  )
  test(
    'a port listens once, and can be listened on again after closing',
    onBed(create, async (bed) => {
      const first = await bed.settle(bed.streams.listen({ host: bed.host, port: 0 }, () => undefined))
      expect(await bed.settle(failureCode(bed.streams.listen(first.local, () => undefined)))).toBe('EADDRINUSE')
      await bed.settle(first.close())
      const second = await bed.settle(bed.streams.listen(first.local, () => undefined))
      expect(second.local).toEqual(first.local)
      await bed.settle(second.close())
    }),
  )
  test(
    'closing the listener leaves its connections alone',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      await bed.settle(pair.listener.close())
      pair.client.socket.write(utf8('still here'))
      await bed.settle(pair.server.probe.untilReceived(10))
      await finish(bed, pair)
    }),
  )
  test(
    'a connection that nobody wants is closed',
    onBed(create, async (bed) => {
      const listener = await bed.settle(bed.streams.listen({ host: bed.host, port: 0 }, () => undefined))
      const probe = new StreamProbe()
      const socket = bed.streams.connect(listener.local, probe, { timeout: CONNECT_TIMEOUT })
      probe.react.ended = () => socket.end()
      await bed.settle(probe.untilEvent('closed'))
      expect(probe.bytesReceived).toBe(0)
      expect(probe.violations).toEqual([])
      await bed.settle(listener.close())
    }),
  )
}

function sending(create: () => StreamsBed | Promise<StreamsBed>): void {
  test(
    'bytes arrive in order in both directions, also when written in parts and before the connection stands',
    onBed(create, async (bed) => {
      const server = new StreamProbe()
      const listener = await bed.settle(
        bed.streams.listen({ host: bed.host, port: 0 }, (socket) => {
          socket.write(utf8('wel'), utf8('come'))
          return server
        }),
      )
      const probe = new StreamProbe()
      const socket = bed.streams.connect(listener.local, probe, { timeout: CONNECT_TIMEOUT })
      socket.write(utf8('a'), new Uint8Array(0), utf8('bc'))
      expect(socket.bufferedBytes).toBe(3)
      socket.write(utf8('def'))
      await bed.settle(server.untilReceived(6))
      await bed.settle(probe.untilReceived(7))
      expect(textOf(server.received())).toBe('abcdef')
      expect(textOf(probe.received())).toBe('welcome')
      socket.destroy()
      await bed.settle(probe.untilEvent('closed'))
      await bed.settle(listener.close())
    }),
  )
  test(
    'four MiB each way at the same time arrive unchanged',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const up = patternBytes(4 * 1024 * 1024, 1)
      const down = patternBytes(4 * 1024 * 1024, 2)
      for (let at = 0; at < up.length; at += 65_536) {
        pair.client.socket.write(up.subarray(at, at + 13), up.subarray(at + 13, at + 65_536))
        pair.server.socket.write(down.subarray(at, at + 65_536))
      }
      await bed.settle(pair.server.probe.untilReceived(up.length))
      await bed.settle(pair.client.probe.untilReceived(down.length))
      expect(bytesEqual(pair.server.probe.received(), up)).toBe(true)
      expect(bytesEqual(pair.client.probe.received(), down)).toBe(true)
      await finish(bed, pair)
    }),
  )
  test(
    'after a write that had to wait, `drained` says that nothing is buffered',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const bytes = patternBytes(MORE_THAN_BUFFERS)
      let leftWhenDrained = -1
      pair.client.probe.react.drained = () => {
        leftWhenDrained = pair.client.socket.bufferedBytes
      }
      pair.client.probe.use(() => pair.client.socket.write(bytes))
      expect(pair.client.socket.bufferedBytes).toBeGreaterThan(0)
      await bed.settle(pair.client.probe.untilEvent('drained'))
      expect(leftWhenDrained).toBe(0)
      await bed.settle(pair.server.probe.untilReceived(bytes.length))
      await finish(bed, pair)
    }),
  )
}

function closing(create: () => StreamsBed | Promise<StreamsBed>): void {
  test(
    'after `end` the other half goes on until it ends too',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      pair.client.probe.use(() => {
        pair.client.socket.write(utf8('question'))
        pair.client.socket.end()
      })
      await bed.settle(pair.server.probe.untilEvent('ended'))
      expect(textOf(pair.server.probe.received())).toBe('question')
      pair.server.socket.write(utf8('answer'))
      await bed.settle(pair.client.probe.untilReceived(6))
      expect(pair.client.probe.has('closed')).toBe(false)
      pair.server.socket.end()
      await bed.settle(pair.client.probe.untilEvent('closed'))
      await bed.settle(pair.server.probe.untilEvent('closed'))
      expect(textOf(pair.client.probe.received())).toBe('answer')
      expect([pair.client.probe.error, pair.server.probe.error]).toEqual([undefined, undefined])
      await finish(bed, pair)
    }),
  )
  test(
    '`end` sends what is queued first',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const bytes = patternBytes(MORE_THAN_BUFFERS)
      pair.client.socket.write(bytes)
      pair.client.socket.end()
      pair.client.socket.end()
      await bed.settle(pair.server.probe.untilEvent('ended'))
      expect(bytesEqual(pair.server.probe.received(), bytes)).toBe(true)
      await finish(bed, pair)
    }),
  )
  test(
    '`destroy` closes at once with the error given, and nothing but `closed` follows it',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const reason = new Error('had enough')
      pair.server.socket.write(patternBytes(1024 * 1024))
      pair.client.probe.react.data = () => pair.client.socket.destroy(reason)
      await bed.settle(pair.client.probe.untilEvent('closed'))
      expect(pair.client.probe.error).toBe(reason)
      const { events } = pair.client.probe
      expect(events.slice(events.indexOf('data') + 1)).toEqual(['closed'])
      await bed.settle(pair.server.probe.until(() => pair.server.probe.has('ended') || pair.server.probe.has('closed')))
      await finish(bed, pair)
    }),
  )
  test(
    'what is called after the end is ignored',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const { socket, probe } = pair.client
      const remote = socket.remote
      probe.use(() => {
        socket.end()
        socket.write(utf8('too late'))
        socket.destroy()
        socket.write(utf8('far too late'))
        socket.destroy(new Error('again'))
        socket.end()
      })
      await bed.settle(probe.untilEvent('closed'))
      probe.use(() => {
        socket.write(utf8('closed already'))
        socket.pauseReading()
        socket.resumeReading()
        socket.end()
        socket.destroy()
      })
      expect(socket.bufferedBytes).toBe(0)
      expect(socket.remote).toEqual(remote)
      expect(probe.error).toBeUndefined()
      await bed.settle(pair.server.probe.until(() => pair.server.probe.has('ended') || pair.server.probe.has('closed')))
      expect(pair.server.probe.bytesReceived).toBe(0)
      await finish(bed, pair)
    }),
  )
  test(
    'writing to a side that has gone ends in `closed` with an error',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      pair.server.socket.destroy()
      await bed.settle(pair.client.probe.untilEvent('ended'))
      pair.client.probe.use(() => pair.client.socket.write(utf8('hello?')))
      await exchangeAFewTimes(bed)
      pair.client.probe.use(() => pair.client.socket.write(utf8('anybody there?')))
      await bed.settle(pair.client.probe.untilEvent('closed'))
      expect(['EPIPE', 'ECONNRESET']).toContain(codeOf(pair.client.probe.error))
      await finish(bed, pair)
    }),
  )
}

function backPressure(create: () => StreamsBed | Promise<StreamsBed>): void {
  test(
    'while reading is paused nothing arrives and the sender is held up',
    onBed(create, async (bed) => {
      const pair = await connectedPair(bed)
      const { socket, probe } = pair.server
      const bytes = patternBytes(MORE_THAN_BUFFERS)
      probe.react.data = () => socket.pauseReading()
      pair.client.socket.write(bytes)
      await bed.settle(probe.untilEvent('data'))
      const arrived = probe.bytesReceived
      await exchangeAFewTimes(bed)
      expect(probe.bytesReceived).toBe(arrived)
      expect(pair.client.socket.bufferedBytes).toBeGreaterThan(0)
      expect(pair.client.probe.has('drained')).toBe(false)

      probe.react = {}
      socket.resumeReading()
      await bed.settle(probe.untilReceived(bytes.length))
      expect(bytesEqual(probe.received(), bytes)).toBe(true)
      await finish(bed, pair)
    }),
  )
  test(
    'reading can be paused from the very start',
    onBed(create, async (bed) => {
      const server = new StreamProbe()
      const listener = await bed.settle(
        bed.streams.listen({ host: bed.host, port: 0 }, (socket) => {
          socket.write(utf8('early'))
          return server
        }),
      )
      const probe = new StreamProbe()
      const socket = bed.streams.connect(listener.local, probe, { timeout: CONNECT_TIMEOUT })
      socket.pauseReading()
      await bed.settle(probe.untilEvent('connected'))
      await exchangeAFewTimes(bed)
      expect(probe.has('data')).toBe(false)
      socket.resumeReading()
      await bed.settle(probe.untilReceived(5))
      socket.destroy()
      await bed.settle(probe.untilEvent('closed'))
      await bed.settle(listener.close())
    }),
  )
}

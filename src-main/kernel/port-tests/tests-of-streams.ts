import { describe, expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../bytes.ts'
import { codeOf } from '../errors.ts'
import { CONNECT_TIMEOUT, connectedPair, finish, MORE_THAN_BUFFERS, type StreamsBed } from './stream-pair.ts'
import { StreamProbe } from './stream-probe.ts'
import { failureCode, onBed, patternBytes } from './test-bed.ts'
import { testsOfBackPressure, testsOfStreamEnds } from './tests-of-stream-ends.ts'

export function testsOfStreams(name: string, create: () => StreamsBed | Promise<StreamsBed>): void {
  describe(`${name} as Streams`, () => {
    opening(create)
    sending(create)
    testsOfStreamEnds(create)
    testsOfBackPressure(create)
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

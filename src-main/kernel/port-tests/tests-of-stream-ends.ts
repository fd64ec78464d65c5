/** The part of the suite of Streams about how connections end and how they are held up. */
import { expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../bytes.ts'
import { codeOf } from '../errors.ts'
import {
  CONNECT_TIMEOUT,
  connectedPair,
  exchangeAFewTimes,
  finish,
  MORE_THAN_BUFFERS,
  type StreamsBed,
} from './stream-pair.ts'
import { StreamProbe } from './stream-probe.ts'
import { onBed, patternBytes } from './test-bed.ts'

export function testsOfStreamEnds(create: () => StreamsBed | Promise<StreamsBed>): void {
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

export function testsOfBackPressure(create: () => StreamsBed | Promise<StreamsBed>): void {
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

import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { Endpoint } from '../kernel/network.ts'
import { failureCode, patternBytes, StreamProbe, type StreamsBed, testsOfStreams } from '../kernel/port-tests/index.ts'
import { createStreams } from './streams.ts'

/** Listens with a queue for one connection and then never runs again, so that the system cannot take any more. */
const STUCK_LISTENER = `
  const { parentPort } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
const MORE_THAN_THE_QUEUE = 4

function realBed(): StreamsBed {
  const streams = createStreams()
  const closers: (() => unknown)[] = []
  return {
    streams,
    host: '127.0.0.1',
    settle: (promise) => promise,
    silent: async () => {
      const worker = new Worker(STUCK_LISTENER, { eval: true, execArgv: [] })
      const port = await new Promise<number>((resolve) => worker.once('message', resolve))
      const endpoint: Endpoint = { host: '127.0.0.1', port }
      const fillers = Array.from({ length: MORE_THAN_THE_QUEUE }, () =>
        streams.connect(endpoint, new StreamProbe(), { timeout: 60_000 }),
      )
      closers.push(() => fillers.map((filler) => filler.destroy()))
      closers.push(() => worker.terminate())
      return endpoint
    },
    close: async () => {
      for (const close of closers) await close()
    },
  }
}

testsOfStreams('TCP', realBed)

describe('TCP', () => {
  test('IPv6 works like IPv4, and both can listen on one port', async () => {
    const streams = createStreams()
    const server = new StreamProbe()
    const six = await streams.listen({ host: '::1', port: 0 }, () => server)
    const four = await streams.listen({ host: '127.0.0.1', port: six.local.port }, () => undefined)
    const probe = new StreamProbe()
    const socket = streams.connect(six.local, probe, { timeout: 10_000 })
    socket.write(utf8('over six'))
    await server.untilReceived(8)
    expect(socket.local.host).toBe('::1')
    socket.destroy()
    await probe.untilEvent('closed')
    await Promise.all([six.close(), four.close()])
  })

  test('a port that does not exist is an error with a code', async () => {
    const streams = createStreams()
    const probe = new StreamProbe()
    probe.use(() => streams.connect({ host: '127.0.0.1', port: 65_536 }, probe, { timeout: 10_000 }))
    await probe.untilEvent('closed')
    expect(codeOf(probe.error)).toBe('EINVAL')
    expect(await failureCode(streams.listen({ host: '127.0.0.1', port: -1 }, () => undefined))).toBe('EINVAL')
    expect(await failureCode(streams.listen({ host: 'localhost', port: 0 }, () => undefined))).toBe('EINVAL')
    expect(await failureCode(streams.listen({ host: '192.0.2.1', port: 0 }, () => undefined))).toBe('EADDRNOTAVAIL')
  })

  test('incoming connections read into the one buffer of the process, as outgoing ones do', async () => {
    const streams = createStreams()
    const memories = new Set<ArrayBufferLike>()
    const noting = (probe: StreamProbe) => ({
      connected: () => probe.connected(),
      data: (bytes: Uint8Array) => {
        memories.add(bytes.buffer)
        probe.data(bytes)
      },
      closed: () => probe.closed(),
    })
    const server = new StreamProbe()
    const listener = await streams.listen({ host: '127.0.0.1', port: 0 }, (socket) => {
      socket.write(patternBytes(1_000_000))
      return noting(server)
    })
    const client = new StreamProbe()
    const socket = streams.connect(listener.local, noting(client), { timeout: 10_000 })
    socket.write(patternBytes(1_000_000))
    await server.untilReceived(1_000_000)
    await client.untilReceived(1_000_000)
    expect(memories.size).toBe(1)
    socket.destroy()
    await client.untilEvent('closed')
    await listener.close()
  })
})

import { describe, expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { StreamSocket } from '../kernel/network.ts'
import { patternBytes, StreamProbe } from '../kernel/port-tests/index.ts'
import { RETRANSMISSION_LIMIT } from './channel.ts'
import type { SimulatedHost } from './host.ts'
import { SCRIBBLE } from './segments.ts'
import { Simulation } from './simulation.ts'

const MINUTE = 60_000

/** Two hosts, the second listening on port 80, and a connection from the first one. */
async function connected(sim: Simulation, a = sim.host('a'), b = sim.host('b')) {
  const server = new StreamProbe()
  let serverSocket: StreamSocket | undefined
  const listener = await sim.within(
    MINUTE,
    b.streams.listen({ host: b.address, port: 80 }, (socket) => {
      serverSocket = socket
      return server
    }),
  )
  const client = new StreamProbe()
  const socket = a.streams.connect({ host: b.address, port: 80 }, client, { timeout: MINUTE })
  const began = sim.elapsed
  await sim.within(MINUTE, client.untilEvent('connected'))
  const roundTrip = sim.elapsed - began
  await sim.within(MINUTE, listener.close())
  return { a, b, client, server, socket, serverSocket: serverSocket as StreamSocket, roundTrip }
}

async function closeBoth(sim: Simulation, sockets: readonly StreamSocket[]): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await sim.stop()
}

describe('time on the way', () => {
  test('connecting takes a round trip, a byte half of one', async () => {
    const sim = new Simulation({ seed: 1, latency: [30, 30], jitter: 0 })
    const { socket, server, serverSocket, roundTrip } = await connected(sim)
    expect(roundTrip).toBe(60)
    const began = sim.elapsed
    socket.write(utf8('x'))
    await sim.within(MINUTE, server.untilReceived(1))
    expect(sim.elapsed - began).toBe(30)
    await closeBoth(sim, [socket, serverSocket])
  })

  test('distances are within the range, the same both ways, and a host may be far away', async () => {
    const sim = new Simulation({ seed: 1, latency: [10, 100], jitter: 0 })
    const [a, b, far] = [sim.host('a'), sim.host('b'), sim.host('far', { latency: [400, 500] })]
    const there = await connected(sim, a, b)
    expect(there.roundTrip).toBeGreaterThanOrEqual(20)
    expect(there.roundTrip).toBeLessThanOrEqual(200)
    const back = await connected(sim, b, a)
    expect(back.roundTrip).toBeCloseTo(there.roundTrip, 6)
    const toFar = await connected(sim, a, far)
    expect(toFar.roundTrip).toBeGreaterThanOrEqual(800)
    await closeBoth(
      sim,
      [there, back, toFar].flatMap((one) => [one.socket, one.serverSocket]),
    )
  })

  test('a link with a limit takes its time, and two connections share it evenly', async () => {
    const sim = new Simulation({ seed: 1, latency: [10, 10] })
    const a = sim.host('a', { bandwidth: { up: 100_000 } })
    const [one, two] = [await connected(sim, a, sim.host('b')), await connected(sim, a, sim.host('c'))]
    const began = sim.elapsed
    one.socket.write(patternBytes(500_000))
    two.socket.write(patternBytes(500_000))
    await sim.run(5_000)
    const [first, second] = [one.server.bytesReceived, two.server.bytesReceived]
    expect(first + second).toBeGreaterThan(480_000)
    expect(first + second).toBeLessThanOrEqual(500_000)
    expect(Math.abs(first - second)).toBeLessThan(30_000)
    await sim.within(MINUTE, Promise.all([one, two].map(({ server }) => server.untilReceived(500_000))))
    expect(sim.elapsed - began).toBeGreaterThan(9_990)
    expect(sim.elapsed - began).toBeLessThan(10_200)
    await closeBoth(
      sim,
      [one, two].flatMap(({ socket, serverSocket }) => [socket, serverSocket]),
    )
  })

  test('a slow receiver holds up many fast senders', async () => {
    const sim = new Simulation({ seed: 1, latency: [10, 10] })
    const slow = sim.host('slow', { bandwidth: { down: 100_000 } })
    const all = [await connected(sim, sim.host('a'), slow), await connected(sim, sim.host('b'), slow)]
    const began = sim.elapsed
    for (const { socket } of all) {
      socket.write(patternBytes(500_000))
      socket.end()
    }
    await sim.within(MINUTE, Promise.all(all.map(({ server }) => server.untilEvent('ended'))))
    expect(sim.elapsed - began).toBeGreaterThanOrEqual(10_000)
    expect(sim.elapsed - began).toBeLessThan(10_200)
    for (const { server } of all) expect(bytesEqual(server.received(), patternBytes(500_000))).toBe(true)
    await closeBoth(
      sim,
      all.flatMap(({ socket, serverSocket }) => [socket, serverSocket]),
    )
  })
})

describe('streams', () => {
  test('keep their order and lose nothing at any loss and jitter; pieces are cut at odd places', async () => {
    const sim = new Simulation({ seed: 3, latency: [1, 200], jitter: 2, lossRate: 0.3, largestChunk: 1_000 })
    const { socket, server, serverSocket } = await connected(sim)
    const sizes = new Set<number>()
    let before = 0
    server.react.data = () => {
      sizes.add(server.bytesReceived - before)
      before = server.bytesReceived
    }
    socket.write(patternBytes(300_000))
    await sim.within(60 * MINUTE, server.untilReceived(300_000))
    expect(bytesEqual(server.received(), patternBytes(300_000))).toBe(true)
    expect(sizes.size).toBeGreaterThan(100)
    await closeBoth(sim, [socket, serverSocket])
  })

  test('overwrite what a handler was shown, once it has returned', async () => {
    const sim = new Simulation({ seed: 1 })
    const { a, b } = { a: sim.host('a'), b: sim.host('b') }
    const kept: Uint8Array[] = []
    let accepted: StreamSocket | undefined
    const listener = await sim.within(
      MINUTE,
      b.streams.listen({ host: b.address, port: 80 }, (socket) => {
        accepted = socket
        return { data: (bytes) => kept.push(bytes), closed() {} }
      }),
    )
    const socket = a.streams.connect({ host: b.address, port: 80 }, new StreamProbe(), { timeout: MINUTE })
    socket.write(utf8('secret'))
    await sim.until(MINUTE, () => kept.length > 0)
    await sim.run(1)
    expect(kept[0]?.every((byte) => byte === SCRIBBLE)).toBe(true)
    await sim.within(MINUTE, listener.close())
    await closeBoth(sim, [socket, accepted as StreamSocket])
  })

  test('a reader that pauses stops the sender at a window of bytes', async () => {
    const sim = new Simulation({ seed: 1, receiveWindow: 50_000 })
    const { socket, client, server, serverSocket } = await connected(sim)
    serverSocket.pauseReading()
    socket.write(patternBytes(200_000))
    await sim.run(10 * MINUTE)
    expect(socket.bufferedBytes).toBe(150_000)
    expect([server.bytesReceived, client.has('drained')]).toEqual([0, false])
    serverSocket.resumeReading()
    await sim.within(MINUTE, server.untilReceived(200_000))
    expect([socket.bufferedBytes, client.has('drained')]).toEqual([0, true])
    await closeBoth(sim, [socket, serverSocket])
  })

  test('connections to nobody are refused, those to a missing host time out at their time', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const [refused, missing] = [new StreamProbe(), new StreamProbe()]
    a.streams.connect({ host: b.address, port: 80 }, refused, { timeout: MINUTE })
    a.streams.connect({ host: '10.9.9.9', port: 80 }, missing, { timeout: 5_000 })
    await sim.within(MINUTE, refused.untilEvent('closed'))
    expect(codeOf(refused.error)).toBe('ECONNREFUSED')
    await sim.within(MINUTE, missing.untilEvent('closed'))
    expect([codeOf(missing.error), sim.elapsed]).toEqual(['ETIMEDOUT', 5_000])
    await sim.stop()
  })

  test('all connections of a host can be reset, on both ends', async () => {
    const sim = new Simulation({ seed: 1 })
    const { a, client, server } = await connected(sim)
    const other = await connected(sim, sim.host('c'), sim.host('d'))
    sim.resetConnections(a)
    await sim.run(0)
    expect([codeOf(client.error), codeOf(server.error)]).toEqual(['ECONNRESET', 'ECONNRESET'])
    expect(other.client.has('closed')).toBe(false)
    await closeBoth(sim, [other.socket, other.serverSocket])
  })

  test('sockets by path carry bytes within a host, and a path without a listener is an error', async () => {
    const sim = new Simulation({ seed: 1 })
    const host = sim.host()
    const [server, client, lost] = [new StreamProbe(), new StreamProbe(), new StreamProbe()]
    const listener = await sim.within(
      MINUTE,
      host.localSockets.listen('/run/shoal', (socket) => {
        server.react.ended = () => socket.end()
        return server
      }),
    )
    const again = host.localSockets.listen('/run/shoal', () => undefined)
    await expect(sim.within(MINUTE, again)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const socket = host.localSockets.connect('/run/shoal', client)
    socket.write(utf8('call'))
    socket.end()
    host.localSockets.connect('/run/other', lost)
    await sim.within(MINUTE, Promise.all([client, server, lost].map((probe) => probe.untilEvent('closed'))))
    expect([textOf(server.received()), codeOf(lost.error)]).toEqual(['call', 'ENOENT'])
    await sim.within(MINUTE, listener.close())
    await sim.stop()
  })
})

describe('a partition', () => {
  test('holds streams back until it heals, then nothing is missing', async () => {
    const sim = new Simulation({ seed: 1 })
    const { a, b, socket, server, serverSocket } = await connected(sim)
    sim.partition(a, b)
    socket.write(patternBytes(100_000))
    await sim.run(5 * MINUTE)
    expect(server.bytesReceived).toBe(0)
    sim.heal()
    await sim.within(MINUTE, server.untilReceived(100_000))
    expect(bytesEqual(server.received(), patternBytes(100_000))).toBe(true)
    await closeBoth(sim, [socket, serverSocket])
  })

  test('ends a connection that sends for too long in vain, and not one that is silent', async () => {
    const sim = new Simulation({ seed: 1 })
    const { a, b, socket, client, server, serverSocket } = await connected(sim)
    sim.partition([a], [b])
    socket.write(utf8('anybody?'))
    await sim.run(RETRANSMISSION_LIMIT + 1_000)
    expect(codeOf(client.error)).toBe('ETIMEDOUT')
    expect(server.has('closed')).toBe(false)
    serverSocket.destroy()
    sim.heal()
    await sim.stop()
  })

  test('lets nobody connect and no datagram through, and leaves others alone', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b, c] = [sim.host('a'), sim.host('b'), sim.host('c')]
    const got: string[] = []
    const bind = (host: SimulatedHost) =>
      sim.within(
        MINUTE,
        host.datagrams.bind({ host: '0.0.0.0', port: 1 }, (bytes, from) =>
          got.push(`${textOf(bytes)} at ${host.name} from ${from.host}`),
        ),
      )
    const sockets = [await bind(a), await bind(b), await bind(c)] as const
    sim.partition(a, [b])
    sockets[0].send(utf8('lost'), { host: b.address, port: 1 })
    sockets[0].send(utf8('through'), { host: c.address, port: 1 })
    const probe = new StreamProbe()
    a.streams.connect({ host: b.address, port: 80 }, probe, { timeout: 3_000 })
    await sim.within(MINUTE, probe.untilEvent('closed'))
    expect(codeOf(probe.error)).toBe('ETIMEDOUT')
    expect(got).toEqual([`through at c from ${a.address}`])
    sim.heal()
    sockets[0].send(utf8('again'), { host: b.address, port: 1 })
    await sim.run(1_000)
    expect(got[1]).toBe(`again at b from ${a.address}`)
    await sim.within(MINUTE, Promise.all(sockets.map((socket) => socket.close())))
    await sim.stop()
  })
})

describe('datagrams', () => {
  const COUNT = 2_000

  async function shower(options: { lossRate?: number; duplicationRate?: number; jitter?: number }): Promise<number[]> {
    const sim = new Simulation({ seed: 5, latency: [50, 50], ...options })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const got: number[] = []
    const receiver = await sim.within(
      MINUTE,
      b.datagrams.bind({ host: b.address, port: 1 }, (bytes) =>
        got.push((bytes[0] as number) * 256 + (bytes[1] as number)),
      ),
    )
    const sender = await sim.within(
      MINUTE,
      a.datagrams.bind({ host: a.address, port: 1 }, () => {}),
    )
    for (let i = 0; i < COUNT; i++) sender.send(new Uint8Array([i >> 8, i & 255]), receiver.local)
    await sim.run(1_000)
    await sim.within(MINUTE, Promise.all([receiver.close(), sender.close()]))
    await sim.stop()
    return got
  }

  test('are lost at the given rate', async () => {
    const got = await shower({ lossRate: 0.2 })
    expect(Math.abs(got.length - 0.8 * COUNT)).toBeLessThan(0.05 * COUNT)
  })

  test('arrive twice at the given rate', async () => {
    const got = await shower({ duplicationRate: 0.1 })
    expect(new Set(got).size).toBe(COUNT)
    expect(Math.abs(got.length - 1.1 * COUNT)).toBeLessThan(0.05 * COUNT)
  })

  test('overtake each other with jitter and not without', async () => {
    const ordered = Array.from({ length: COUNT }, (_, i) => i)
    expect(await shower({ jitter: 0 })).toEqual(ordered)
    const mixed = await shower({ jitter: 0.5 })
    expect(mixed).not.toEqual(ordered)
    expect([...mixed].sort((x, y) => x - y)).toEqual(ordered)
  })

  test('a socket on the loopback address talks within its host only', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const got: string[] = []
    const inner = await sim.within(
      MINUTE,
      a.datagrams.bind({ host: '127.0.0.1', port: 1 }, (bytes, from) => got.push(`${textOf(bytes)} ${from.host}`)),
    )
    const outer = await sim.within(
      MINUTE,
      b.datagrams.bind({ host: '0.0.0.0', port: 1 }, () => got.push('outside')),
    )
    const own = await sim.within(
      MINUTE,
      a.datagrams.bind({ host: '0.0.0.0', port: 2 }, () => {}),
    )
    own.send(utf8('inside'), { host: '127.0.0.1', port: 1 })
    inner.send(utf8('out'), { host: b.address, port: 1 })
    outer.send(utf8('in'), { host: a.address, port: 1 })
    await sim.run(1_000)
    expect(got).toEqual(['inside 127.0.0.1'])
    await sim.within(MINUTE, Promise.all([inner, outer, own].map((socket) => socket.close())))
    await sim.stop()
  })
})

describe('a host behind a router', () => {
  test('has a private address, is answered at its public one, and a stranger gets nothing through', async () => {
    const sim = new Simulation({ seed: 1 })
    const inside = sim.host('inside', { nat: { kind: 'restricted' }, address: '203.0.113.5' })
    const [friend, stranger] = [sim.host('friend'), sim.host('stranger')]
    const heard: string[] = []
    const bind = (host: SimulatedHost) =>
      sim.within(
        MINUTE,
        host.datagrams.bind({ host: host.address, port: 7 }, (bytes, from) =>
          heard.push(`${host.name}: ${textOf(bytes)} from ${from.host}`),
        ),
      )
    const sockets = [await bind(inside), await bind(friend), await bind(stranger)] as const
    sockets[0].send(utf8('hello'), { host: friend.address, port: 7 })
    await sim.run(1_000)
    for (const socket of sockets.slice(1)) socket.send(utf8('well?'), { host: '203.0.113.5', port: 7 })
    await sim.run(1_000)
    expect(inside.address).not.toBe(inside.publicAddress)
    expect(heard).toEqual(['friend: hello from 203.0.113.5', `inside: well? from ${friend.address}`])
    await sim.within(MINUTE, Promise.all(sockets.map((socket) => socket.close())))
    await sim.stop()
  })

  test('connects outwards, and nobody connects to it', async () => {
    const sim = new Simulation({ seed: 1 })
    const [inside, outside] = [sim.host('inside', { nat: { kind: 'full-cone' } }), sim.host('outside')]
    const { socket, serverSocket } = await connected(sim, inside, outside)
    expect(serverSocket.remote.host).toBe(inside.publicAddress)
    const probe = new StreamProbe()
    outside.streams.connect({ host: inside.publicAddress, port: 80 }, probe, { timeout: MINUTE })
    await sim.within(2 * MINUTE, probe.untilEvent('closed'))
    expect(codeOf(probe.error)).toBe('ETIMEDOUT')
    await closeBoth(sim, [socket, serverSocket])
  })
})

describe('names and the policy', () => {
  test('hosts are known by their names, others by what a test registers', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('Tracker')]
    sim.name('many.test', '10.0.0.9', '10.0.0.8')
    const resolve = (name: string) => sim.within(MINUTE, a.resolver.resolve(name))
    expect(await resolve('tracker')).toEqual([b.address])
    expect(await resolve('many.test')).toEqual(['10.0.0.9', '10.0.0.8'])
    expect(await resolve('10.1.2.3')).toEqual(['10.1.2.3'])
    await expect(resolve('nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await sim.stop()
  })

  test('a host that is offline reaches nobody, by name, by stream, by datagram', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    a.network.set({ mode: 'local-only', allowedHosts: [] })
    await expect(sim.within(MINUTE, a.resolver.resolve('b'))).rejects.toMatchObject({ code: 'OFFLINE' })
    await expect(
      sim.within(MINUTE, a.http.get({ url: 'http://b/', timeout: MINUTE, maxBytes: 1 })),
    ).rejects.toMatchObject({ code: 'OFFLINE' })
    const probe = new StreamProbe()
    a.streams.connect({ host: b.address, port: 80 }, probe, { timeout: MINUTE })
    await sim.within(MINUTE, probe.untilEvent('closed'))
    expect(codeOf(probe.error)).toBe('OFFLINE')
    await sim.stop()
  })
})

/** Both ends over simulated streams: slow, lossy, cut at odd places. */
import { describe, expect, test } from 'vitest'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint, Listener } from '../../kernel/network.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation, type SimulationOptions } from '../../simulation/simulation.ts'
import type { CloseReason, PeerConnectionHandler, PeerConnectionOptions, PeerMessage } from './connection-types.ts'
import { Services } from './messages/index.ts'
import { OwnNonces } from './own-nonces.ts'
import { CONNECT_LIMIT, connectToPeer, MAX_UNSENT_BYTES, PeerConnection } from './peer-connection.ts'
import { PING_INTERVAL, PONG_LIMIT } from './ping-watch.ts'

const MAGIC = Uint8Array.of(0xfc, 0x53, 0x48, 0x4c)
const PORT = 29_533

/** A node that only keeps what it is told. */
class Node implements PeerConnectionHandler {
  readonly host: SimulatedHost
  readonly options: PeerConnectionOptions
  readonly messages: PeerMessage[] = []
  readonly reasons: CloseReason[] = []
  readonly open: PeerConnection[] = []
  readyCount = 0
  #listener: Listener | undefined

  constructor(host: SimulatedHost, magic = MAGIC) {
    this.host = host
    this.options = {
      magic,
      clock: host.clock,
      random: host.random,
      nonces: new OwnNonces(host.random),
      services: Services.NETWORK,
      userAgent: '/Shoal:0.1.0/',
      startHeight: () => 0,
      relay: true,
    }
  }

  get endpoint(): Endpoint {
    return { host: this.host.address, port: PORT }
  }

  async listen(): Promise<void> {
    this.#listener = await this.host.streams.listen(this.endpoint, (socket) => {
      const connection = new PeerConnection(socket, 'incoming', this, this.options)
      this.open.push(connection)
      return connection
    })
  }

  dial(endpoint: Endpoint): PeerConnection {
    const connection = connectToPeer(this.host.streams, endpoint, this, this.options)
    this.open.push(connection)
    return connection
  }

  async stop(): Promise<void> {
    for (const connection of this.open) connection.disconnect('the test is over')
    await this.#listener?.close()
  }

  ready(): void {
    this.readyCount++
  }

  message(message: PeerMessage): void {
    this.messages.push(message)
  }

  closed(reason: CloseReason): void {
    this.reasons.push(reason)
  }
}

async function world(options: SimulationOptions, otherMagic = MAGIC) {
  const sim = new Simulation(options)
  const [a, b] = [new Node(sim.host('a')), new Node(sim.host('b'), otherMagic)]
  await sim.within(MINUTE, b.listen())
  const end = async () => {
    await sim.within(MINUTE, Promise.all([a.stop(), b.stop()]))
    await sim.stop()
  }
  return { sim, a, b, end }
}

describe('two nodes', () => {
  test.each([1, 2, 3])('shake hands and talk over a slow, lossy link (seed %i)', async (seed) => {
    const { sim, a, b, end } = await world({ seed, latency: [1_000, 2_000], lossRate: 0.1, largestChunk: 700 })
    const connection = a.dial(b.endpoint)
    await sim.until(MINUTE, () => a.readyCount === 1 && b.readyCount === 1)
    const payload = new Uint8Array(200_000).map((_, i) => i % 253)
    connection.send({ command: 'block', payload })
    b.open[0]?.send({ command: 'getaddr' })
    await sim.until(10 * MINUTE, () => a.messages.length === 1 && b.messages.length === 1)
    expect(a.messages).toEqual([{ command: 'getaddr' }])
    expect(b.messages).toEqual([{ command: 'block', payload }])
    await sim.until(10 * MINUTE, () => connection.pings.minimum !== undefined)
    expect(connection.pings.minimum).toBeGreaterThanOrEqual(2_000)
    expect(connection.peer).toMatchObject({ wtxidRelay: true, addrv2: true })
    await end()
  })

  test('a node that dials itself knows it at both ends', async () => {
    const { sim, b, end } = await world({ seed: 4 })
    b.dial(b.endpoint)
    await sim.until(MINUTE, () => b.reasons.length === 2)
    expect(b.reasons).toEqual([{ code: 'SELF' }, { code: 'SELF' }])
    expect(b.readyCount).toBe(0)
    await end()
  })

  test('nodes of two networks part at the first message', async () => {
    const { sim, a, b, end } = await world({ seed: 5 }, Uint8Array.of(0xfa, 0x53, 0x48, 0x4c))
    a.dial(b.endpoint)
    await sim.until(MINUTE, () => a.reasons.length + b.reasons.length === 2)
    expect(b.reasons).toMatchObject([{ code: 'WIRE', error: { fault: { code: 'WRONG_MAGIC' } } }])
    expect(a.readyCount + b.readyCount).toBe(0)
    await end()
  })

  test('nobody there: the connection ends at its limit', async () => {
    const { sim, a, end } = await world({ seed: 6 })
    const began: Millis = sim.elapsed
    a.dial({ host: '10.9.9.9', port: PORT })
    await sim.until(MINUTE, () => a.reasons.length === 1)
    expect(a.reasons).toMatchObject([{ code: 'NETWORK', error: { code: 'ETIMEDOUT' } }])
    expect(sim.elapsed - began).toBe(CONNECT_LIMIT)
    await end()
  })

  test('a peer that stops reading is disconnected before it costs more than its share', async () => {
    const { sim, a, b, end } = await world({ seed: 7 })
    const connection = a.dial(b.endpoint)
    await sim.until(MINUTE, () => a.readyCount === 1 && b.readyCount === 1)
    b.open[0]?.pauseReading()
    let most = 0
    while (a.reasons.length === 0) {
      connection.send({ command: 'block', payload: new Uint8Array(1_000_000) })
      most = Math.max(most, connection.bufferedBytes)
      await sim.run(SECOND)
    }
    expect(a.reasons).toMatchObject([{ code: 'SLOW_READER' }])
    expect(most).toBeLessThanOrEqual(MAX_UNSENT_BYTES + 1_000_024)
    await end()
  })

  test('a connection on which nothing goes any more ends after twenty minutes', async () => {
    const { sim, a, b, end } = await world({ seed: 8 })
    const connection = a.dial(b.endpoint)
    await sim.until(MINUTE, () => connection.pings.latest !== undefined && b.open[0]?.pings.latest !== undefined)
    for (const { open } of [a, b]) open[0]?.pauseReading()
    const began = sim.elapsed
    await sim.until(60 * MINUTE, () => a.reasons.length + b.reasons.length === 2)
    expect([...a.reasons, ...b.reasons]).toContainEqual({ code: 'SILENT' })
    expect(sim.elapsed - began).toBeGreaterThanOrEqual(PONG_LIMIT)
    expect(sim.elapsed - began).toBeLessThanOrEqual(PONG_LIMIT + PING_INTERVAL)
    await end()
  })
})

import { describe, expect, test } from 'vitest'
import { readDictionary } from '../../src-main/codec/bencode-read.ts'
import { decodeAnswer, encodeAnnounceRequest, encodeConnectRequest } from '../../src-main/codec/udp-tracker.ts'
import { concatBytes, fromHex, textOf, toHex, utf8 } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { Endpoint, StreamSocket } from '../../src-main/kernel/network.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { MAX_CONNECTIONS_PER_ADDRESS } from '../../src-main/tracker/http-tracker.ts'
import { createTracker, type TrackerOptions } from '../../src-main/tracker/tracker.ts'
import { REQUEST_LIMITS } from '../../src-main/tracker/tracker-rules.ts'

async function world(seed: number, rules: TrackerOptions = {}) {
  const sim = new Simulation({ seed, latency: [0, 0], jitter: 0 })
  const host = sim.host('tracker')
  const at = { host: host.address, port: 6969 }
  const tracker = await sim.within(SECOND, createTracker(host, { http: at, udp: at, ...rules }))
  const end = async () => {
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  }
  return { sim, host, tracker, at, end }
}

interface Exchange {
  text: string
  bytes: Uint8Array
  closed: boolean
  socket: StreamSocket
}

/** Sends `text` over a connection of its own and keeps what comes back until it is closed. */
function raw(host: SimulatedHost, to: Endpoint, text: string, { takes = true } = {}): Exchange {
  const exchange: Omit<Exchange, 'socket'> = { text: '', bytes: new Uint8Array(), closed: false }
  const socket = host.streams.connect(
    to,
    {
      data(bytes) {
        exchange.bytes = concatBytes([exchange.bytes, bytes])
        exchange.text = textOf(exchange.bytes)
      },
      ended: () => takes && socket.end(),
      closed: () => {
        exchange.closed = true
      },
    },
    { timeout: SECOND },
  )
  socket.write(utf8(text))
  return Object.assign(exchange, { socket })
}

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: tracker:6969\r\n\r\n`
const announce = (rest: string, hash = '%01') =>
  get(`/announce?info_hash=${hash.repeat(20)}&peer_id=${'p'.repeat(20)}&${rest}`)
function bodyOf(exchange: Exchange) {
  const start = exchange.text.indexOf('\r\n\r\n') + 4
  return readDictionary(exchange.bytes.subarray(start)).dictionary
}

describe('over HTTP', () => {
  test('an answer in compact form, and in dictionaries where asked for', async () => {
    const { sim, at, end } = await world(1)
    const [a, b] = [sim.host('a'), sim.host('b')]
    const first = raw(a, at, announce('port=6881&left=0&event=started'))
    await sim.run(SECOND)
    expect(first).toMatchObject({ closed: true })
    expect(first.text).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Connection: close\r\n\r\nd8:complete/)
    const compact = raw(b, at, announce('port=1&left=1&compact=1'))
    const long = raw(b, at, announce('port=1&left=1&compact=0&ip=192.0.2.1'))
    const noId = raw(b, at, announce('port=1&left=1&compact=0&no_peer_id=1'))
    await sim.run(SECOND)
    expect(toHex(bodyOf(compact).bytes('peers'))).toBe(
      `${a.address
        .split('.')
        .map((n) => Number(n).toString(16).padStart(2, '0'))
        .join('')}1ae1`,
    )
    expect(bodyOf(compact).integer('interval')).toBe(900)
    const [peer] = bodyOf(long).list('peers') as Map<string, Uint8Array>[]
    expect([...(peer as Map<string, unknown>).keys()]).toEqual(['ip', 'peer id', 'port'])
    expect([...(bodyOf(noId).list('peers')[0] as Map<string, unknown>).keys()]).toEqual(['ip', 'port'])
    const again = raw(a, at, announce('port=6881&left=0'))
    await sim.run(SECOND)
    expect(textOf(again.bytes), 'the ip parameter counts for nothing').not.toContain('\xc0\x00\x02\x01')
    await end()
  })

  test('a scrape has a row for each torrent asked for', async () => {
    const { sim, at, end } = await world(2)
    const host = sim.host('a')
    raw(host, at, announce('port=6881&left=0', '%ff'))
    await sim.run(SECOND)
    const scrape = raw(host, at, get(`/scrape?info_hash=${'%ff'.repeat(20)}&info_hash=${'%00'.repeat(20)}`))
    await sim.run(SECOND)
    const files = bodyOf(scrape).dictionary('files')
    expect([...files.keys()].map((key) => key.charCodeAt(0))).toEqual([0, 255])
    expect(files.findDictionary('\xff'.repeat(20))?.integer('complete')).toBe(1)
    await end()
  })

  test.each([
    [announce('left=1'), 'port is missing'],
    [get('/announce?info_hash=short&peer_id=x&port=1'), 'info_hash is not 20 bytes'],
    [get('/scrape'), 'info_hash is missing'],
  ])('a bad parameter is a failure reason: %#', async (request, reason) => {
    const { sim, at, end } = await world(3)
    const exchange = raw(sim.host('a'), at, request)
    await sim.run(SECOND)
    expect(bodyOf(exchange).text('failure reason')).toBe(reason)
    await end()
  })

  test.each([
    ['HEAD /announce HTTP/1.1\r\n\r\n', 405],
    ['POST /announce HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello', 405],
    [get('/'), 404],
    [get('/announce/../etc/passwd'), 404],
    ['\u0016\u0003\u0001\r\n\r\n', 400],
    [get(`/${'x'.repeat(9_000)}`), 431],
  ])('what is no request for a tracker gets a status: %#', async (request, status) => {
    const { sim, at, end } = await world(4)
    const exchange = raw(sim.host('a'), at, request)
    await sim.run(SECOND)
    expect(exchange.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(exchange.closed).toBe(true)
    await end()
  })

  test('who is slow to ask is told so after 10 s; who never ends is cut off after 10 s more', async () => {
    const { sim, host, at, end } = await world(5)
    const clients = [
      raw(sim.host('a'), at, 'GET /announce', { takes: false }),
      raw(sim.host('b'), at, get('/'), { takes: false }),
    ]
    const sockets = () => host.program.held('socket').length
    await sim.run(10 * SECOND - 1)
    expect([clients.map(({ text }) => text.slice(0, 13)), sockets()]).toEqual([['', 'HTTP/1.1 404 '], 2])
    await sim.run(1)
    expect([clients[0]?.text.slice(0, 13), sockets()]).toEqual(['HTTP/1.1 408 ', 1])
    await sim.run(10 * SECOND - 1)
    expect(sockets()).toBe(1)
    await sim.run(1)
    expect(sockets()).toBe(0)
    for (const { socket } of clients) socket.destroy()
    await end()
  })

  test('connections of one address are bounded, and others get through', async () => {
    const { sim, at, end } = await world(6)
    const [greedy, other] = [sim.host('greedy'), sim.host('other')]
    const held = Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS + 20 }, () => raw(greedy, at, 'GET'))
    await sim.run(SECOND)
    expect(held.filter(({ closed }) => closed)).toHaveLength(20)
    const fine = raw(other, at, announce('port=1'))
    await sim.run(SECOND)
    expect(fine.text).toMatch(/^HTTP\/1\.1 200 /)
    await sim.run(30 * SECOND)
    const later = raw(greedy, at, announce('port=1'))
    await sim.run(SECOND)
    expect(later.text).toMatch(/^HTTP\/1\.1 200 /)
    await end()
  })

  test('closing the tracker ends what is open', async () => {
    const { sim, at, tracker } = await world(7)
    const open = raw(sim.host('a'), at, 'GET /announce')
    await sim.run(SECOND)
    const closing = tracker.close()
    expect(tracker.close()).toBe(closing)
    await sim.within(SECOND, closing)
    await sim.run(SECOND)
    expect(open.closed).toBe(true)
    await sim.stop()
  })
})

describe('over UDP', () => {
  const request = (port: number) => ({
    ...{
      infoHash: new Uint8Array(20).fill(1),
      peerId: new Uint8Array(20).fill(2),
      downloaded: 0,
      left: 1,
      uploaded: 0,
    },
    ...({ event: 'started', key: 1, numwant: undefined, port } as const),
  })

  async function client(sim: Simulation, name: string) {
    const host = sim.host(name)
    const answers: Uint8Array[] = []
    const socket = await sim.within(
      SECOND,
      host.datagrams.bind({ host: host.address, port: 0 }, (bytes) => answers.push(bytes)),
    )
    return { host, answers, socket }
  }

  test('an announce without a connection id of one’s own gets an error shorter than itself', async () => {
    const { sim, at, tracker, end } = await world(10)
    const [a, b] = [await client(sim, 'a'), await client(sim, 'b')]
    a.socket.send(encodeConnectRequest(1), at)
    await sim.run(SECOND)
    const connected = decodeAnswer(a.answers[0] as Uint8Array, 4)
    const connection = connected.type === 'connect' ? connected.connection : new Uint8Array()
    const packet = encodeAnnounceRequest(7, connection, request(6881))
    b.socket.send(packet, at)
    b.socket.send(concatBytes([new Uint8Array(8), packet.subarray(8)]), at)
    a.socket.send(packet, at)
    await sim.run(SECOND)
    for (const bytes of b.answers) {
      expect(decodeAnswer(bytes, 4)).toEqual({ type: 'error', transaction: 7, message: 'connection id is not valid' })
      expect(bytes.length).toBeLessThanOrEqual(36)
    }
    expect(decodeAnswer(a.answers[1] as Uint8Array, 4)).toMatchObject({ type: 'announce', interval: 900, leechers: 1 })
    expect(tracker.swarms()).toHaveLength(1)
    a.socket.send(encodeAnnounceRequest(8, connection, request(0)), at)
    a.socket.send(fromHex(`${toHex(connection)}0000000200000009${'01'.repeat(20)}${'00'.repeat(20)}`), at)
    await sim.run(SECOND)
    expect(a.answers.slice(2).map((bytes) => decodeAnswer(bytes, 4))).toEqual([
      { type: 'error', transaction: 8, message: 'bad port' },
      {
        ...{ type: 'scrape', transaction: 9 },
        swarms: [
          { seeds: 0, completed: 0, leechers: 1 },
          { seeds: 0, completed: 0, leechers: 0 },
        ],
      },
    ])
    await sim.run(10 * MINUTE)
    a.socket.send(packet, at)
    await sim.run(SECOND)
    expect(decodeAnswer(a.answers.at(-1) as Uint8Array, 4)).toMatchObject({ type: 'error' })
    await sim.within(SECOND, Promise.all([a.socket.close(), b.socket.close()]))
    await end()
  })

  test('a flood from one address is answered up to the quota and does not touch others', async () => {
    const { sim, at, end } = await world(11)
    const [flood, other] = [await client(sim, 'flood'), await client(sim, 'other')]
    for (let i = 0; i < REQUEST_LIMITS.perAddress + 500; i++) flood.socket.send(encodeConnectRequest(i), at)
    await sim.run(SECOND)
    other.socket.send(encodeConnectRequest(1), at)
    await sim.run(SECOND)
    expect([flood.answers.length, other.answers.length]).toEqual([REQUEST_LIMITS.perAddress, 1])
    await sim.run(REQUEST_LIMITS.period)
    flood.socket.send(encodeConnectRequest(1), at)
    await sim.run(SECOND)
    expect(flood.answers.length).toBe(REQUEST_LIMITS.perAddress + 1)
    await sim.within(SECOND, Promise.all([flood.socket.close(), other.socket.close()]))
    await end()
  })

  test('packets that are none are dropped without a word', async () => {
    const { sim, at, end } = await world(12)
    const { socket, answers } = await client(sim, 'a')
    for (let length = 0; length < 200; length++) socket.send(sim.random.bytes(length), at)
    await sim.run(SECOND)
    expect(answers).toEqual([])
    await sim.within(SECOND, socket.close())
    await end()
  })
})

test('when one protocol cannot listen, nothing is left open', async () => {
  const { sim, host, at, end } = await world(13)
  const taken = createTracker(host, { http: { ...at, port: 7000 }, udp: at })
  await expect(sim.within(SECOND, taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const free = await sim.within(SECOND, createTracker(host, { http: { ...at, port: 7000 } }))
  expect([free.http?.port, free.udp]).toEqual([7000, undefined])
  await sim.within(SECOND, free.close())
  await end()
})

import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { Datagrams, Endpoint, Resolver, StreamSocket, Streams } from '../kernel/network.ts'
import { listenHost, type NetworkPolicy } from '../kernel/network-policy.ts'
import { failureCode, StreamProbe } from '../kernel/port-tests/index.ts'
import { createHttpClient } from './http-client.ts'
import { MAX_HEARD_ADDRESSES, NetworkGate } from './network-gate.ts'
import { createResolver } from './resolver.ts'

const LOCAL_ONLY: NetworkPolicy = { mode: 'local-only', allowedHosts: [] }

/** Ports that note what would have left the machine. */
function recordingPorts() {
  const left: string[] = []
  const stub = { write() {}, end() {}, destroy() {}, pauseReading() {}, resumeReading() {}, bufferedBytes: 0 }
  const socketFrom = (remote: Endpoint): StreamSocket => ({ ...stub, local: remote, remote })
  let incoming: ((from: Endpoint) => unknown) | undefined
  let datagram: ((bytes: Uint8Array, from: Endpoint) => void) | undefined
  const streams: Streams = {
    connect: (to) => {
      left.push(`connect ${to.host}`)
      return socketFrom(to)
    },
    listen: async (at, accept) => {
      incoming = (from) => accept(socketFrom(from))
      return { local: at, close: async () => {} }
    },
  }
  const datagrams: Datagrams = {
    bind: async (at, received) => {
      datagram = received
      return { local: at, send: (_bytes, to) => left.push(`send ${to.host}`), close: async () => {} }
    },
    joinMulticast: async (group, received) => {
      datagram = received
      left.push(`join ${group.host}`)
      return {
        interfaces: [],
        joinOn: async () => {},
        send: () => left.push(`multicast ${group.host}`),
        close: async () => {},
      }
    },
  }
  const names: Record<string, string[]> = { 'tracker.test': ['192.0.2.7'] }
  const resolver: Resolver = createResolver(async (host) => {
    left.push(`lookup ${host}`)
    return names[host] ?? ['192.0.2.1']
  })
  return {
    left,
    streams,
    datagrams,
    resolver,
    comesIn: (host: string) => incoming?.({ host, port: 1 }),
    datagramFrom: (host: string, text: string) => datagram?.(utf8(text), { host, port: 1 }),
  }
}

const ELSEWHERE = [
  '8.8.8.8',
  '192.168.1.1',
  '0.0.0.0',
  '169.254.0.1',
  '2001:4860:4860::8888',
  '::',
  'fe80::1',
  '::ffff:8.8.8.8',
]
const LOOPBACK = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']

describe('while local-only', () => {
  test('a connection elsewhere is refused before anything leaves, and closes once', async () => {
    const ports = recordingPorts()
    const streams = new NetworkGate(LOCAL_ONLY).streams(ports.streams)
    for (const host of ELSEWHERE) {
      const probe = new StreamProbe()
      const socket = probe.use(() => streams.connect({ host, port: 80 }, probe, { timeout: 1_000 }))
      probe.use(() => {
        socket.write(utf8('x'))
        socket.end()
        socket.destroy()
      })
      await probe.untilEvent('closed')
      expect(codeOf(probe.error), host).toBe('OFFLINE')
      expect(probe.error?.message).toContain(host)
      expect(probe.events).toEqual(['closed'])
      expect(probe.violations).toEqual([])
    }
    expect(ports.left).toEqual([])
  })

  test('loopback in every spelling is let through', async () => {
    const ports = recordingPorts()
    const gate = new NetworkGate(LOCAL_ONLY)
    for (const host of LOOPBACK)
      gate.streams(ports.streams).connect({ host, port: 80 }, new StreamProbe(), { timeout: 1 })
    expect(ports.left).toEqual(LOOPBACK.map((host) => `connect ${host}`))
  })

  test('datagrams go to loopback only, and those from elsewhere are dropped', async () => {
    const ports = recordingPorts()
    const received: string[] = []
    const socket = await new NetworkGate(LOCAL_ONLY)
      .datagrams(ports.datagrams)
      .bind({ host: '0.0.0.0', port: 0 }, (bytes) => received.push(textOf(bytes)))
    for (const host of [...ELSEWHERE, '127.0.0.1']) socket.send(utf8('x'), { host, port: 1 })
    expect(ports.left).toEqual(['send 127.0.0.1'])
    ports.datagramFrom('8.8.8.8', 'stranger')
    ports.datagramFrom('127.0.0.1', 'neighbour')
    expect(received).toEqual(['neighbour'])
  })

  test('connections from elsewhere are refused', async () => {
    const ports = recordingPorts()
    const streams = new NetworkGate(LOCAL_ONLY).streams(ports.streams)
    await streams.listen({ host: '0.0.0.0', port: 0 }, () => new StreamProbe())
    expect(ports.comesIn('192.168.1.20')).toBeUndefined()
    expect(ports.comesIn('127.0.0.1')).toBeInstanceOf(StreamProbe)
  })

  test('no name is looked up, and localhost needs no look-up', async () => {
    const ports = recordingPorts()
    const resolver = new NetworkGate(LOCAL_ONLY).resolver(ports.resolver)
    for (const host of ['tracker.test', 'localhost.evil.test', '8.8.8.8', '2001:db8::1', '']) {
      expect(await failureCode(resolver.resolve(host)), host).toBe('OFFLINE')
    }
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost']) {
      expect(await resolver.resolve(host)).toEqual(['127.0.0.1'])
    }
    expect(await resolver.resolve('::1')).toEqual(['::1'])
    expect(ports.left).toEqual([])
  })

  test('HTTP passes the same gate', async () => {
    const ports = recordingPorts()
    const http = createHttpClient({ resolver: new NetworkGate(LOCAL_ONLY).resolver(ports.resolver) })
    for (const url of ['http://tracker.test/a', 'https://8.8.8.8/', 'http://[2001:db8::1]/', 'http://134744072/']) {
      expect(await failureCode(http.get({ url, timeout: 5_000, maxBytes: 100 })), url).toBe('OFFLINE')
    }
    expect(ports.left).toEqual([])
  })
})

describe('hosts that a person has named', () => {
  test('addresses are allowed in every spelling, others are not', () => {
    const gate = new NetworkGate({ mode: 'local-only', allowedHosts: ['192.168.1.5', '2001:DB8:0::1'] })
    const allowed = ['192.168.1.5', '::ffff:192.168.1.5', '2001:db8::1', '192.168.1.6', '2001:db8::2', 'nonsense']
    expect(allowed.map((address) => gate.allowsAddress(address))).toEqual([true, true, true, false, false, false])
  })

  test('a named host may be looked up, and only what was found for it is allowed then', async () => {
    const ports = recordingPorts()
    const gate = new NetworkGate({ mode: 'local-only', allowedHosts: ['Tracker.test'] })
    const resolver = gate.resolver(ports.resolver)
    expect(gate.allowsAddress('192.0.2.7')).toBe(false)
    expect(await resolver.resolve('tracker.test')).toEqual(['192.0.2.7'])
    expect(gate.allowsAddress('192.0.2.7')).toBe(true)
    expect(await failureCode(resolver.resolve('other.test'))).toBe('OFFLINE')
    expect(ports.left).toEqual(['lookup tracker.test'])
    gate.set(LOCAL_ONLY)
    expect(gate.allowsAddress('192.0.2.7')).toBe(false)
  })
})

describe('multicast', () => {
  const GROUP = { host: '239.192.152.143', port: 6771 }
  const ASKED_FOR: NetworkPolicy = { mode: 'local-only', allowedHosts: [], multicast: true }

  test('is refused while local-only, and silent once the policy forbids it', async () => {
    const ports = recordingPorts()
    const gate = new NetworkGate(LOCAL_ONLY)
    const datagrams = gate.datagrams(ports.datagrams)
    expect(await failureCode(datagrams.joinMulticast(GROUP, () => {}))).toBe('OFFLINE')
    gate.set({ mode: 'online' })
    const received: string[] = []
    const socket = await datagrams.joinMulticast(GROUP, (bytes) => received.push(textOf(bytes)))
    socket.send(utf8('x'))
    ports.datagramFrom('8.8.8.8', 'anybody')
    gate.set(LOCAL_ONLY)
    socket.send(utf8('x'))
    ports.datagramFrom('192.168.1.5', 'too late')
    ports.datagramFrom('127.0.0.1', 'too late')
    expect(received).toEqual(['anybody'])
    expect(ports.left).toEqual([`join ${GROUP.host}`, `multicast ${GROUP.host}`])
  })

  test('where it was asked for, private addresses that are heard may be contacted, others not', async () => {
    const ports = recordingPorts()
    const gate = new NetworkGate(ASKED_FOR)
    const received: string[] = []
    const datagrams = gate.datagrams(ports.datagrams)
    const socket = await datagrams.joinMulticast(GROUP, (_bytes, from) => received.push(from.host))
    expect(gate.allowsAddress('192.168.1.5')).toBe(false)
    for (const host of ['192.168.1.5', 'fe80::5%eth0', '8.8.8.8', '2001:4860:4860::8888', '127.0.0.1'])
      ports.datagramFrom(host, 'x')
    expect(received).toEqual(['192.168.1.5', 'fe80::5%eth0', '127.0.0.1'])
    const addresses = ['192.168.1.5', 'fe80::5%eth0', '192.168.1.6', '8.8.8.8']
    expect(addresses.map((address) => gate.allowsAddress(address))).toEqual([true, true, false, false])
    expect(listenHost(gate.policy)).toBe('0.0.0.0')
    socket.send(utf8('x'))
    expect(ports.left).toEqual([`join ${GROUP.host}`, `multicast ${GROUP.host}`])
    gate.set(LOCAL_ONLY)
    expect(gate.allowsAddress('192.168.1.5')).toBe(false)
  })

  test('a flood of senders is let in up to a bound', async () => {
    const ports = recordingPorts()
    const gate = new NetworkGate(ASKED_FOR)
    let received = 0
    await gate.datagrams(ports.datagrams).joinMulticast(GROUP, () => received++)
    const host = (i: number) => `10.0.${i >> 8}.${i & 255}`
    for (let i = 0; i < MAX_HEARD_ADDRESSES + 10; i++) ports.datagramFrom(host(i), 'x')
    ports.datagramFrom(host(0), 'x')
    expect(received).toBe(MAX_HEARD_ADDRESSES + 1)
    expect(gate.allowsAddress(host(MAX_HEARD_ADDRESSES))).toBe(false)
  })
})

test('the policy changes for ports that are already in use', async () => {
  const ports = recordingPorts()
  const gate = new NetworkGate(LOCAL_ONLY)
  const socket = await gate.datagrams(ports.datagrams).bind({ host: '127.0.0.1', port: 0 }, () => {})
  const resolver = gate.resolver(ports.resolver)
  expect([gate.policy.mode, listenHost(gate.policy)]).toEqual(['local-only', '127.0.0.1'])
  socket.send(utf8('x'), { host: '8.8.8.8', port: 1 })
  gate.set({ mode: 'online' })
  expect([gate.policy.mode, listenHost(gate.policy)]).toEqual(['online', '0.0.0.0'])
  socket.send(utf8('x'), { host: '8.8.8.8', port: 1 })
  await resolver.resolve('tracker.test')
  gate.set(LOCAL_ONLY)
  socket.send(utf8('x'), { host: '8.8.8.8', port: 1 })
  expect(await failureCode(resolver.resolve('tracker.test'))).toBe('OFFLINE')
  expect(ports.left).toEqual(['send 8.8.8.8', 'lookup tracker.test'])
})

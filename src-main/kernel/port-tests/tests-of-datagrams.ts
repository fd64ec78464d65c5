import { describe, expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../bytes.ts'
import type { Datagrams, Endpoint } from '../network.ts'
import { failureCode, onBed, patternBytes, type TestBed } from './test-bed.ts'

export interface DatagramsBed extends TestBed {
  readonly datagrams: Datagrams
  /** The address to which sockets are bound. */
  readonly host: string
}

interface Received {
  readonly bytes: Uint8Array
  readonly from: Endpoint
}

/** A bound socket that keeps what it gets and lets a test wait for it. */
async function boundInbox(bed: DatagramsBed, port = 0) {
  const inbox: Received[] = []
  let arrived: (() => void) | undefined
  const socket = await bed.settle(
    bed.datagrams.bind({ host: bed.host, port }, (bytes, from) => {
      inbox.push({ bytes, from })
      arrived?.()
    }),
  )
  const untilCount = (count: number): Promise<void> =>
    new Promise((resolve) => {
      arrived = () => {
        if (inbox.length >= count) resolve()
      }
      arrived()
    })
  return { socket, inbox, untilCount }
}

export function testsOfDatagrams(name: string, create: () => DatagramsBed | Promise<DatagramsBed>): void {
  describe(`${name} as Datagrams`, () => {
    exchanging(create)
    binding(create)
  })
}

function exchanging(create: () => DatagramsBed | Promise<DatagramsBed>): void {
  test(
    'a datagram arrives whole, with the address of its sender, and can be answered',
    onBed(create, async (bed) => {
      const a = await boundInbox(bed)
      const b = await boundInbox(bed)
      expect(a.socket.local.host).toBe(bed.host)
      expect(a.socket.local.port).toBeGreaterThan(0)
      a.socket.send(utf8('ping'), b.socket.local)
      await bed.settle(b.untilCount(1))
      expect(b.inbox[0]?.from).toEqual(a.socket.local)
      b.socket.send(utf8('pong'), b.inbox[0]?.from as Endpoint)
      await bed.settle(a.untilCount(1))
      expect(textOf(a.inbox[0]?.bytes as Uint8Array)).toBe('pong')
      await bed.settle(Promise.all([a.socket.close(), b.socket.close()]))
    }),
  )
  test(
    'what was received may be kept: later datagrams do not change it',
    onBed(create, async (bed) => {
      const a = await boundInbox(bed)
      const b = await boundInbox(bed)
      const sent = Array.from({ length: 20 }, (_, i) => patternBytes(1 + 70 * i, i))
      for (const [i, bytes] of sent.entries()) {
        a.socket.send(bytes, b.socket.local)
        await bed.settle(b.untilCount(i + 1))
      }
      for (const [i, bytes] of sent.entries()) {
        expect(bytesEqual(b.inbox[i]?.bytes as Uint8Array, bytes), `datagram ${i}`).toBe(true)
      }
      await bed.settle(Promise.all([a.socket.close(), b.socket.close()]))
    }),
  )
  test(
    'what cannot be sent is lost silently, and the socket goes on',
    onBed(create, async (bed) => {
      const a = await boundInbox(bed)
      const b = await boundInbox(bed)
      const gone = await boundInbox(bed)
      await bed.settle(gone.socket.close())
      a.socket.send(utf8('to nobody'), gone.socket.local)
      a.socket.send(new Uint8Array(70_000), b.socket.local)
      a.socket.send(utf8('no such port'), { host: bed.host, port: 70_000 })
      a.socket.send(utf8('not an address'), { host: 'localhost', port: b.socket.local.port })
      a.socket.send(utf8('last'), b.socket.local)
      await bed.settle(b.untilCount(1))
      expect(textOf(b.inbox[0]?.bytes as Uint8Array)).toBe('last')
      await bed.settle(Promise.all([a.socket.close(), b.socket.close()]))
    }),
  )
}

function binding(create: () => DatagramsBed | Promise<DatagramsBed>): void {
  test(
    'a port is bound once, and can be bound again after closing',
    onBed(create, async (bed) => {
      const first = await boundInbox(bed)
      const again = bed.datagrams.bind(first.socket.local, () => {})
      expect(await bed.settle(failureCode(again))).toBe('EADDRINUSE')
      await bed.settle(first.socket.close())
      const second = await boundInbox(bed, first.socket.local.port)
      expect(second.socket.local).toEqual(first.socket.local)
      await bed.settle(second.socket.close())
    }),
  )
  test(
    'after closing, sending does nothing and closing again is harmless',
    onBed(create, async (bed) => {
      const a = await boundInbox(bed)
      const b = await boundInbox(bed)
      await bed.settle(a.socket.close())
      a.socket.send(utf8('too late'), b.socket.local)
      await bed.settle(a.socket.close())
      const c = await boundInbox(bed)
      c.socket.send(utf8('in time'), b.socket.local)
      await bed.settle(b.untilCount(1))
      expect(textOf(b.inbox[0]?.bytes as Uint8Array)).toBe('in time')
      await bed.settle(Promise.all([b.socket.close(), c.socket.close()]))
    }),
  )
}

import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../bytes.ts'
import type { Datagrams, Endpoint, LocalAddress } from '../network.ts'
import { failureCode, onBed, type TestBed } from './test-bed.ts'

export interface MulticastBed extends TestBed {
  readonly datagrams: Datagrams
  /** A group that is free for the test. */
  readonly group: Endpoint
  /** Addresses of one interface that stays within the machine. */
  readonly addresses: readonly LocalAddress[]
  /** Put in front of each text: others may use the same group meanwhile. */
  readonly tag: string
}

/** A member of the group that keeps the texts of this test, with the host each came from. */
async function member(bed: MulticastBed) {
  const texts: string[] = []
  const senders = new Set<string>()
  let arrived: (() => void) | undefined
  const socket = await bed.settle(
    bed.datagrams.joinMulticast(bed.group, (bytes, from) => {
      const text = textOf(bytes)
      if (!text.startsWith(bed.tag)) return
      texts.push(text.slice(bed.tag.length))
      senders.add(from.host)
      arrived?.()
    }),
  )
  const untilCount = (count: number): Promise<void> =>
    new Promise((resolve) => {
      arrived = () => {
        if (texts.length >= count) resolve()
      }
      arrived()
    })
  return { socket, texts, senders, untilCount, say: (text: string) => socket.send(utf8(`${bed.tag}${text}`)) }
}

export function testsOfMulticast(name: string, create: () => MulticastBed | Promise<MulticastBed>): void {
  describe(`${name} as multicast`, () => {
    test(
      'two members share the port and hear each other and themselves, each datagram once',
      onBed(create, async (bed) => {
        const [a, b] = [await member(bed), await member(bed)]
        await bed.settle(Promise.all([a.socket.joinOn(bed.addresses), b.socket.joinOn(bed.addresses)]))
        expect(a.socket.interfaces).toEqual([bed.addresses[0]?.interface])
        a.say('one')
        await bed.settle(Promise.all([a.untilCount(1), b.untilCount(1)]))
        b.say('two')
        b.say('three')
        await bed.settle(Promise.all([a.untilCount(3), b.untilCount(3)]))
        expect([a.texts, b.texts]).toEqual([
          ['one', 'two', 'three'],
          ['one', 'two', 'three'],
        ])
        expect([...b.senders]).toEqual(['127.0.0.1'])
        await bed.settle(Promise.all([a.socket.close(), b.socket.close()]))
      }),
    )
    test(
      'joining again changes nothing; without an interface nothing is sent',
      onBed(create, async (bed) => {
        const [a, b] = [await member(bed), await member(bed)]
        await bed.settle(Promise.all([a.socket.joinOn(bed.addresses), b.socket.joinOn(bed.addresses)]))
        await bed.settle(a.socket.joinOn([...bed.addresses, ...bed.addresses]))
        a.say('one')
        await bed.settle(b.untilCount(1))
        await bed.settle(a.socket.joinOn([]))
        expect(a.socket.interfaces).toEqual([])
        a.say('to nobody')
        await bed.settle(a.socket.joinOn(bed.addresses))
        a.say('two')
        await bed.settle(b.untilCount(2))
        expect(b.texts).toEqual(['one', 'two'])
        await bed.settle(Promise.all([a.socket.close(), b.socket.close()]))
      }),
    )
    test(
      'after closing nothing is sent; closing again and joining then are harmless',
      onBed(create, async (bed) => {
        const [a, b] = [await member(bed), await member(bed)]
        await bed.settle(Promise.all([a.socket.joinOn(bed.addresses), b.socket.joinOn(bed.addresses)]))
        await bed.settle(a.socket.close())
        a.say('too late')
        await bed.settle(Promise.all([a.socket.close(), a.socket.joinOn(bed.addresses)]))
        expect(a.socket.interfaces).toEqual([])
        b.say('in time')
        await bed.settle(b.untilCount(1))
        expect(b.texts).toEqual(['in time'])
        await bed.settle(b.socket.close())
      }),
    )
    test(
      'only a group with a port can be joined',
      onBed(create, async (bed) => {
        const { port } = bed.group
        for (const at of [
          { ...bed.group, port: 0 },
          { host: '127.0.0.1', port },
          { host: 'localhost', port },
        ]) {
          const joined = bed.datagrams.joinMulticast(at, () => {})
          expect(await bed.settle(failureCode(joined)), at.host).toBe('EINVAL')
        }
      }),
    )
  })
}

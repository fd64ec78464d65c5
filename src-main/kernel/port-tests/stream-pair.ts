import { expect } from 'vitest'
import { utf8 } from '../bytes.ts'
import type { Endpoint, Listener, Streams } from '../network.ts'
import { type ProbedSocket, StreamProbe } from './stream-probe.ts'
import type { TestBed } from './test-bed.ts'

export interface StreamsBed extends TestBed {
  readonly streams: Streams
  /** The address on which listeners are made and to which connections go. */
  readonly host: string
  /** An endpoint that neither takes nor refuses a connection. */
  silent(): Promise<Endpoint>
}

export const CONNECT_TIMEOUT = 10_000
/** More than the buffers of a connection between two sockets of one machine hold. */
export const MORE_THAN_BUFFERS = 32 * 1024 * 1024

export interface Pair {
  readonly client: ProbedSocket
  readonly server: ProbedSocket
  readonly listener: Listener
}

/** Two ends of one new connection. */
export async function connectedPair(bed: StreamsBed): Promise<Pair> {
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
export async function finish(bed: StreamsBed, { client, server, listener }: Pair): Promise<void> {
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
export async function exchangeAFewTimes(bed: StreamsBed): Promise<void> {
  const pair = await connectedPair(bed)
  for (let round = 1; round <= 10; round++) {
    pair.client.socket.write(utf8('?'))
    await bed.settle(pair.server.probe.untilReceived(round))
    pair.server.socket.write(utf8('!'))
    await bed.settle(pair.client.probe.untilReceived(round))
  }
  await finish(bed, pair)
}

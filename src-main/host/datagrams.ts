/** UDP over node:dgram, by IP address only: nothing here ever asks DNS. IPv4 and IPv6 are bound separately. */
import dgram from 'node:dgram'
import { isIP } from 'node:net'
import { type DatagramSocket, type Datagrams, type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { isUsableEndpoint } from './ip-address.ts'
import { joinMulticast } from './multicast.ts'
import { notAnAddress } from './network-error.ts'

/** What may wait in the process for the system to take it; beyond this, datagrams are lost as in any full queue. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024
/** Asked of the system for a burst of replies; it may give less. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024

export function createDatagrams(): Datagrams {
  return { bind, joinMulticast }
}

function bind(at: Endpoint, received: (bytes: Uint8Array, from: Endpoint) => void): Promise<DatagramSocket> {
  if (!isUsableEndpoint(at)) return Promise.reject(notAnAddress(formatEndpoint(at)))
  const isIpv6 = isIP(at.host) === 6
  const socket = dgram.createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    ipv6Only: isIpv6,
    // Every address is a literal: answering at once keeps node:dgram from going through the resolver's thread pool.
    lookup: (host, _options, callback) => callback(null, host, isIpv6 ? 6 : 4),
  })
  socket.on('message', (bytes, { address, port }) =>
    received(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), { host: address, port }),
  )
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind({ address: at.host, port: at.port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // A datagram that could not be sent is lost silently; the socket itself goes on.
      socket.on('error', () => {})
      enlargeReceiveBuffer(socket)
      resolve(new BoundSocket(socket))
    })
  })
}

function enlargeReceiveBuffer(socket: dgram.Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  } catch {
    // The system's default serves as well.
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535
}

class BoundSocket implements DatagramSocket {
  readonly local: Endpoint
  private readonly isIpv6: boolean
  private readonly socket: dgram.Socket
  private closing: Promise<void> | undefined

  constructor(socket: dgram.Socket) {
    const { address, port } = socket.address()
    this.socket = socket
    this.local = { host: address, port }
    this.isIpv6 = isIP(address) === 6
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    // A look at one character: what is no literal goes no further than the system's own reading of it.
    if (this.closing !== undefined || !isPort(to.port) || to.host.includes(':') !== this.isIpv6) return
    if (this.socket.getSendQueueSize() + bytes.length > MAX_QUEUED_BYTES) return
    // Without a callback, which would cost a turn of the event loop's queue for each datagram.
    this.socket.send(bytes, to.port, to.host)
  }

  close(): Promise<void> {
    this.closing ??= new Promise((resolve) => this.socket.close(() => resolve()))
    return this.closing
  }
}

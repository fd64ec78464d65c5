/** TCP over node:net, by IP address only: nothing here ever asks DNS. IPv4 and IPv6 are listened on separately. */
import net from 'node:net'
import { type Accept, type Endpoint, formatEndpoint, type Listener, type Streams } from '../kernel/network.ts'
import { isUsableEndpoint } from './ip-address.ts'
import { notAnAddress, timedOut } from './network-error.ts'
import { NodeStream } from './node-stream.ts'

/** Connections that the system completes for us before we accept them. */
const LISTEN_BACKLOG = 511

export function createStreams(): Streams {
  return { connect, listen }
}

const connect: Streams['connect'] = (to, handler, { timeout }) =>
  NodeStream.outgoing(to, handler, (socket, stream) => {
    if (!isUsableEndpoint(to)) return stream.destroy(notAnAddress(formatEndpoint(to)))
    const timer = setTimeout(() => stream.destroy(timedOut(formatEndpoint(to), timeout)), timeout)
    socket.once('connect', () => clearTimeout(timer))
    socket.once('close', () => clearTimeout(timer))
    socket.setNoDelay(true)
    socket.connect({ host: to.host, port: to.port })
  })

function listen(at: Endpoint, accept: Accept): Promise<Listener> {
  if (!isUsableEndpoint(at)) return Promise.reject(notAnAddress(formatEndpoint(at)))
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
    acceptTcp(socket, accept),
  )
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: at.host, port: at.port, backlog: LISTEN_BACKLOG, exclusive: true, ipv6Only: true }, () => {
      server.off('error', reject)
      // What fails later concerns one connection being accepted (no more file descriptors); the listener stays.
      server.on('error', () => {})
      const { address, port } = server.address() as net.AddressInfo
      resolve({
        local: { host: address, port },
        // Node closes the listening socket in this call; its callback would wait for every connection to end.
        close: async () => {
          server.close()
        },
      })
    })
  })
}

function acceptTcp(socket: net.Socket, accept: Accept): void {
  const { remoteAddress, remotePort } = socket
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.on('error', () => {})
    socket.destroy()
    return
  }
  const stream = NodeStream.incoming(socket, { host: remoteAddress, port: remotePort })
  admit(stream, accept)
}

/** Hands a new connection to whoever accepts it, or closes it. */
export function admit(stream: NodeStream, accept: Accept): void {
  const handler = accept(stream)
  if (handler === undefined) stream.destroy()
  else stream.attach(handler)
}

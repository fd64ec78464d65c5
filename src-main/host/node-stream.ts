/**
 * A `StreamSocket` over Node's socket, for TCP and for local sockets.
 *
 * Reads go into one buffer that all sockets of the process share: libuv reads into it and hands it over within the same
 * turn, so its bytes are valid exactly during `handler.data`. That saves an allocation for each read.
 * Invariant: the handler is told `closed` once, last, and nothing else after `destroy`.
 */
import net from 'node:net'
import type { Endpoint, StreamHandler, StreamSocket } from '../kernel/network.ts'

/** What one read takes at most: beyond 64 KiB the system calls no longer matter, up to 256 KiB it stays in the L2 cache. */
const READ_BUFFER_BYTES = 256 * 1024
const NOWHERE: Endpoint = { host: '0.0.0.0', port: 0 }

let sharedBuffer: Uint8Array | undefined

/** On Windows a read may be under way while other sockets are read, so that there each socket has a buffer of its own. */
function readBuffer(): Uint8Array {
  if (process.platform === 'win32') return new Uint8Array(64 * 1024)
  sharedBuffer ??= new Uint8Array(READ_BUFFER_BYTES)
  return sharedBuffer
}

/** What Node keeps behind a socket; taking it over is the only way to give an accepted socket a read buffer. */
interface SocketHandle {
  readonly useUserBuffer?: unknown
}
interface SocketWithHandle {
  _handle: SocketHandle | null
}

export class NodeStream implements StreamSocket {
  local: Endpoint = NOWHERE
  readonly remote: Endpoint
  private readonly socket: net.Socket
  private handler: StreamHandler = { data() {}, closed() {} }
  private error: Error | undefined
  /** We have ended our half or destroyed the socket: nothing more is written. */
  private writingOver = false
  /** We have destroyed the socket, or it has closed: the handler is told nothing but `closed`. */
  private over = false

  private constructor(remote: Endpoint, makeSocket: (options: net.SocketConstructorOpts) => net.Socket) {
    this.remote = remote
    const onread = {
      buffer: readBuffer(),
      callback: (length: number, buffer: Uint8Array): boolean => {
        if (!this.over) this.handler.data(buffer.subarray(0, length))
        return true
      },
    }
    // With a high-water mark of one byte, Node says `drain` once everything that had to wait has been handed on.
    this.socket = makeSocket({ allowHalfOpen: true, onread, writableHighWaterMark: 1 } as net.SocketConstructorOpts)
    this.socket.on('drain', () => this.tell(() => this.handler.drained?.()))
    this.socket.on('end', () => this.tell(() => this.handler.ended?.()))
    this.socket.on('error', (error) => {
      if (!this.over) this.error ??= error
    })
    this.socket.on('close', () => {
      this.over = true
      this.writingOver = true
      this.handler.closed(this.error)
    })
  }

  /** An outgoing connection; `start` begins it. Fails through `handler.closed` only. */
  static outgoing(
    remote: Endpoint,
    handler: StreamHandler,
    start: (socket: net.Socket, stream: NodeStream) => void,
  ): NodeStream {
    const stream = new NodeStream(remote, (options) => new net.Socket(options))
    stream.handler = handler
    stream.socket.on('connect', () => {
      stream.noteLocalAddress()
      stream.tell(() => handler.connected?.())
    })
    start(stream.socket, stream)
    return stream
  }

  /**
   * A connection that a server with `pauseOnConnect` has accepted. The server's socket allocates for each read and takes
   * no buffer, so its handle moves to a new socket that does; where Node no longer allows that, it is used as it is.
   */
  static incoming(accepted: net.Socket, remote: Endpoint): NodeStream {
    const shell = accepted as unknown as SocketWithHandle
    const handle = shell._handle
    if (typeof handle?.useUserBuffer !== 'function') return NodeStream.reading(accepted, remote)
    shell._handle = null
    accepted.destroy()
    const stream = new NodeStream(
      remote,
      (options) => new net.Socket({ ...options, handle } as net.SocketConstructorOpts),
    )
    stream.noteLocalAddress()
    return stream
  }

  /** A connection read in Node's ordinary way, with a new buffer for each read. */
  static reading(accepted: net.Socket, remote: Endpoint): NodeStream {
    const stream = new NodeStream(remote, () => accepted)
    accepted.on('data', (chunk: Buffer) => {
      stream.tell(() => stream.handler.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)))
    })
    stream.noteLocalAddress()
    return stream
  }

  /** Says who is told from now on. */
  attach(handler: StreamHandler): void {
    this.handler = handler
  }

  get bufferedBytes(): number {
    return this.over ? 0 : this.socket.writableLength
  }

  write(...parts: readonly Uint8Array[]): void {
    if (this.writingOver) return
    if (parts.length > 1) this.socket.cork()
    for (const part of parts) if (part.length > 0) this.socket.write(part)
    if (parts.length > 1) this.socket.uncork()
  }

  pauseReading(): void {
    if (!this.over) this.socket.pause()
  }

  resumeReading(): void {
    if (!this.over) this.socket.resume()
  }

  end(): void {
    if (this.writingOver) return
    this.writingOver = true
    this.socket.end()
  }

  destroy(error?: Error): void {
    if (this.over) return
    this.over = true
    this.writingOver = true
    this.error ??= error
    this.socket.destroy()
  }

  private tell(call: () => void): void {
    if (!this.over) call()
  }

  private noteLocalAddress(): void {
    const { localAddress, localPort } = this.socket
    if (localAddress !== undefined && localPort !== undefined) this.local = { host: localAddress, port: localPort }
  }
}

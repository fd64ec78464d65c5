/**
 * Carries messages between nodes: as datagrams here, as objects within one process in a laboratory. A transport asks before it
 * spends work on a packet, then hands over what it was.
 */
import type { DatagramSocket, Datagrams, Endpoint } from '../kernel/network.ts'
import { canonicalEndpoint } from './address-groups.ts'
import { decodeMessage, type KrpcFault, looksLikeMessage } from './krpc-decode.ts'
import { encodeMessage } from './krpc-encode.ts'
import type { KrpcMessage } from './krpc-message.ts'

/** Who takes what arrives; called from the event loop. `from` has a canonical host. */
export interface MessageReceiver {
  /** Whether to look at a packet of so many bytes. Asked once for each; where it says no, the packet is dropped. */
  admits(from: Endpoint, size: number): boolean
  received(message: KrpcMessage | KrpcFault, from: Endpoint, size: number): void
}

export interface MessageTransport {
  readonly local: Endpoint
  /** Sends; may be lost silently. The message is not changed afterwards by either side. `size`: the bytes that it takes. */
  send(message: KrpcMessage, to: Endpoint, size: number): void
  close(): Promise<void>
}

/** Binds and tells the receiver what arrives. */
export type OpenTransport = (receiver: MessageReceiver) => Promise<MessageTransport>

/** Messages as datagrams over a socket at `at`. @throws the error of binding */
export function datagramTransport(datagrams: Datagrams, at: Endpoint): OpenTransport {
  return async (receiver) => {
    const socket = await datagrams.bind(at, (bytes, sender) => {
      if (sender.port === 0 || !looksLikeMessage(bytes)) return
      const from = canonicalEndpoint(sender)
      if (!receiver.admits(from, bytes.length)) return
      receiver.received(decodeMessage(bytes), from, bytes.length)
    })
    return new DatagramTransport(socket)
  }
}

class DatagramTransport implements MessageTransport {
  private readonly socket: DatagramSocket

  constructor(socket: DatagramSocket) {
    this.socket = socket
  }

  get local(): Endpoint {
    return this.socket.local
  }

  send(message: KrpcMessage, to: Endpoint, size: number): void {
    this.socket.send(encodeMessage(message, size), to)
  }

  close(): Promise<void> {
    return this.socket.close()
  }
}

/** What a connection between two nodes is given, and what it tells. */
import type { Clock } from '../../kernel/clock.ts'
import { assertNever } from '../../kernel/errors.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { Command, MessageOf, WireError } from './messages/index.ts'
import type { OwnNonces } from './own-nonces.ts'
import type { PeerConnection } from './peer-connection.ts'

/** What the connection deals with by itself. */
type OwnCommand = 'version' | 'verack' | 'sendaddrv2' | 'wtxidrelay' | 'ping' | 'pong'

/** What its owner sends and receives once the handshakes are over. */
export type PeerMessage = MessageOf<Exclude<Command, OwnCommand>>

/** What the peer said of itself. */
export interface PeerIntroduction {
  readonly version: number
  readonly services: bigint
  /** A stranger's words: printable ASCII, at most 256 characters. */
  readonly userAgent: string
  readonly startHeight: number
  /** Whether it wants transactions announced. */
  readonly relay: boolean
  /** Whether it takes addresses by `addrv2` (BIP 155). */
  readonly addrv2: boolean
  /** Whether both sides announce transactions by their wtxid (BIP 339). */
  readonly wtxidRelay: boolean
  /** Port at which it takes connections, as it says; undefined where it does not. */
  readonly listenPort?: number
  /** Our address as it sees it; no word to rely on. */
  readonly seenAs: Endpoint
  /** Its clock less ours, in seconds, as it says. */
  readonly clockOffset: number
}

/** `closed` is called exactly once and last; where we end the connection ourselves, from within that call. */
export interface PeerConnectionHandler {
  /** The handshakes are over: `connection.peer` is there, and messages may be sent. */
  ready(connection: PeerConnection): void
  /** Byte strings are views of the message's own memory. */
  message(message: PeerMessage, connection: PeerConnection): void
  /** All that was sent has been handed to the system. */
  drained?(connection: PeerConnection): void
  closed(reason: CloseReason, connection: PeerConnection): void
}

export interface PeerConnectionOptions {
  /** First four bytes of every message: the network's. */
  readonly magic: Uint8Array
  readonly clock: Clock
  readonly random: Random
  /** One for all connections of a node. */
  readonly nonces: OwnNonces
  /** What we offer: `Services`. */
  readonly services: bigint
  /** `/Shoal:0.1.0/` */
  readonly userAgent: string
  /** Height of our tip, asked when the handshake begins. */
  readonly startHeight: () => number
  /** Whether we want transactions announced. */
  readonly relay: boolean
  /** Port at which we take connections; undefined for none. */
  readonly listenPort?: number | undefined
}

export type CloseReason =
  | { readonly code: 'REMOTE_CLOSED' }
  /** Of the stream, with its own code: refused, reset, timed out. */
  | { readonly code: 'NETWORK'; readonly error: Error }
  | { readonly code: 'HANDSHAKE_TIMEOUT' }
  /** No pong for twenty minutes. */
  | { readonly code: 'SILENT' }
  /** It is this very node. */
  | { readonly code: 'SELF' }
  /** It speaks an older protocol than we do. */
  | { readonly code: 'OBSOLETE'; readonly version: number }
  /** A message at the wrong time. */
  | { readonly code: 'OUT_OF_TURN'; readonly command: string }
  /** It asks for more than it takes from us. */
  | { readonly code: 'SLOW_READER'; readonly bufferedBytes: number }
  | { readonly code: 'WIRE'; readonly error: WireError }
  /** It broke a rule that no honest node breaks. `rule`: ours, in a few words. */
  | { readonly code: 'MISBEHAVED'; readonly rule: string }
  /** Our own wish. `why`: in a few words. */
  | { readonly code: 'LOCAL'; readonly why: string }

/** Whether the address is to be kept away for a while: one strike is enough, but only for what no honest node does. */
export function deservesDiscouragement(reason: CloseReason): boolean {
  switch (reason.code) {
    case 'MISBEHAVED':
      return true
    case 'WIRE':
      return reason.error.blame === 'discourage'
    case 'REMOTE_CLOSED':
    case 'NETWORK':
    case 'HANDSHAKE_TIMEOUT':
    case 'SILENT':
    case 'SELF':
    case 'OBSOLETE':
    case 'OUT_OF_TURN':
    case 'SLOW_READER':
    case 'LOCAL':
      return false
    default:
      return assertNever(reason)
  }
}

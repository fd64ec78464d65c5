/** A handler that logs, for the tests of the wire. */
import type { Bitfield } from '../bitfield.ts'
import type { BlockAddress, CloseReason, ExtendedHandshake, PeerHandshake, PeerWireHandler } from './peer-wire.ts'

/** The bytes of a block, which tell its address. */
export function blockBytes({ piece, begin, length }: BlockAddress): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (7 * piece + begin + i) & 0xff)
}

/** Logs each call as an array of its name and its facts. Wants every block unless told otherwise. */
export class LoggingHandler implements PeerWireHandler {
  readonly log: unknown[][] = []
  wants: (block: BlockAddress) => boolean = () => true
  onHandshake: (handshake: PeerHandshake) => void = () => {}
  /** Called after each entry. */
  afterEach: (entry: unknown[]) => void = () => {}

  get reason(): CloseReason | undefined {
    const last = this.log.at(-1)
    return last?.[0] === 'closed' ? (last[1] as CloseReason) : undefined
  }

  /** Entries since the handshake. */
  get afterHandshake(): unknown[][] {
    return this.log.filter(([name]) => name !== 'handshake')
  }

  handshake(handshake: PeerHandshake): void {
    this.add('handshake', handshake)
    this.onHandshake(handshake)
  }

  extendedHandshake(handshake: ExtendedHandshake): void {
    this.add('extendedHandshake', handshake)
  }

  choked(): void {
    this.add('choked')
  }

  unchoked(): void {
    this.add('unchoked')
  }

  interested(): void {
    this.add('interested')
  }

  notInterested(): void {
    this.add('notInterested')
  }

  have(piece: number): void {
    this.add('have', piece)
  }

  bitfield(bits: Bitfield): void {
    this.add('bitfield', [...bits.bytes])
  }

  requested(block: BlockAddress): void {
    this.add('requested', block)
  }

  cancelled(block: BlockAddress): void {
    this.add('cancelled', block)
  }

  extendedMessage(name: string, payload: Uint8Array): void {
    this.add('extendedMessage', name, [...payload])
  }

  port(port: number): void {
    this.add('port', port)
  }

  blockTarget(block: BlockAddress): Uint8Array | undefined {
    const wanted = this.wants(block)
    this.add('blockTarget', block, wanted)
    return wanted ? new Uint8Array(block.length) : undefined
  }

  blockReceived(block: BlockAddress, target: Uint8Array): void {
    const expected = blockBytes(block)
    this.add(
      'blockReceived',
      block,
      target.every((byte, i) => byte === expected[i]),
    )
  }

  rejected(block: BlockAddress): void {
    this.add('rejected', block)
  }

  drained(): void {
    this.add('drained')
  }

  closed(reason: CloseReason): void {
    this.add('closed', reason)
  }

  private add(...entry: unknown[]): void {
    this.log.push(entry)
    this.afterEach(entry)
  }
}

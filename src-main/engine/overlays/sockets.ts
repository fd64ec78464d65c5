/**
 * The UDP sockets of the overlays, each with its RPC layer: nodes that stand at the same address and want the same port share
 * one, as Kademlia and Chord do. It is opened by the first that holds it and closed by the last. Where the port is taken, the
 * next ones are tried, at last any.
 */
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** Ports above the wanted one that are tried before any port is taken. */
export const PORTS_TRIED = 8

interface Socket {
  readonly local: Endpoint
  close(): Promise<void>
}

export interface HeldSocket<S> {
  readonly socket: S
  /** Gives it back. A second time does nothing. */
  release(): Promise<void>
}

export interface SocketsParts<S> {
  /** @throws the error of binding */
  readonly open: (at: Endpoint) => Promise<S>
  readonly log: Log
}

interface Shared<S> {
  readonly socket: S
  holders: number
}

export class Sockets<S extends Socket> {
  private readonly parts: SocketsParts<S>
  /** By address and the port that was wanted. */
  private readonly all = new Map<string, Shared<S>>()
  private last: Promise<unknown> = Promise.resolve()

  constructor(parts: SocketsParts<S>) {
    this.parts = parts
  }

  /** Those that are open, first the one that was opened first. */
  get open(): readonly S[] {
    return Array.from(this.all.values(), ({ socket }) => socket)
  }

  /** @param port the one wanted; 0 takes that of another socket, else any. @throws the error of binding */
  hold(address: string, port: number): Promise<HeldSocket<S>> {
    return this.inTurn(async () => {
      const key = `${address} ${port}`
      const shared = this.all.get(key) ?? { socket: await this.bind(address, port), holders: 0 }
      this.all.set(key, shared)
      shared.holders += 1
      let isHeld = true
      const release = () =>
        this.inTurn(async () => {
          if (!isHeld) return
          isHeld = false
          shared.holders -= 1
          if (shared.holders > 0) return
          this.all.delete(key)
          await shared.socket.close()
        })
      return { socket: shared.socket, release }
    })
  }

  /** After what went before, whether that failed or not. */
  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.last.then(act)
    this.last = turn.catch(() => {})
    return turn
  }

  private async bind(host: string, wanted: number): Promise<S> {
    const ports = portsFrom(wanted || (this.open[0]?.local.port ?? 0))
    for (const port of ports) {
      try {
        return await this.parts.open({ host, port })
      } catch (error) {
        const code = codeOf(error)
        this.parts.log.write('warn', 'cannot open a socket', { at: formatEndpoint({ host, port }), code })
        if ((code !== 'EADDRINUSE' && code !== 'EACCES') || port === ports.at(-1)) throw error
      }
    }
    throw new RangeError('no port was tried')
  }
}

/** The port wanted, the next ones, at last any. */
function portsFrom(port: number): number[] {
  if (port === 0) return [0]
  const next = Array.from({ length: PORTS_TRIED + 1 }, (_, i) => port + i)
  return [...next.filter((each) => each <= 65_535), 0]
}

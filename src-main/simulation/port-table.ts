import { isLoopback } from '../host/ip-address.ts'
import type { Endpoint } from '../kernel/network.ts'
import { systemError } from './errors.ts'

/** Ports given out when 0 is asked for (RFC 6335 dynamic ports). */
const FIRST_EPHEMERAL = 49_152
const LAST_PORT = 65_535

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** Who has which port of one host, for TCP or for UDP. */
export class PortTable<T> {
  private readonly own: string
  private readonly byPort = new Map<number, { address: string; value: T }[]>()
  private next = FIRST_EPHEMERAL

  constructor(ownAddress: string) {
    this.own = ownAddress
  }

  /** @throws `EADDRNOTAVAIL` for an address that is not this host's, `EADDRINUSE` */
  bind(at: Endpoint, value: T): Endpoint {
    if (!isWildcard(at.host) && !isLoopback(at.host) && at.host !== this.own) {
      throw systemError('EADDRNOTAVAIL', 'bind', `${at.host}:${at.port}`)
    }
    const port = at.port === 0 ? this.ephemeral() : at.port
    const holders = this.byPort.get(port) ?? []
    const taken = holders.some((held) => held.address === at.host || isWildcard(held.address) || isWildcard(at.host))
    if (taken) throw systemError('EADDRINUSE', 'bind', `${at.host}:${port}`)
    this.byPort.set(port, [...holders, { address: at.host, value }])
    return { host: at.host, port }
  }

  release({ host, port }: Endpoint): void {
    const rest = (this.byPort.get(port) ?? []).filter((held) => held.address !== host)
    if (rest.length > 0) this.byPort.set(port, rest)
    else this.byPort.delete(port)
  }

  /** Who takes what is sent to this address and port. */
  find(address: string, port: number): T | undefined {
    return this.byPort.get(port)?.find((held) => held.address === address || isWildcard(held.address))?.value
  }

  /** A port that nobody has, each time another one. @throws `EADDRINUSE` when all are taken */
  ephemeral(): number {
    for (let tries = FIRST_EPHEMERAL; tries <= LAST_PORT; tries++) {
      const port = this.next
      this.next = port === LAST_PORT ? FIRST_EPHEMERAL : port + 1
      if (!this.byPort.has(port)) return port
    }
    throw systemError('EADDRINUSE', 'bind', `${this.own}:0`)
  }
}

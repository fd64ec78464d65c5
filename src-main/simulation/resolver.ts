import { isIpAddress } from '../host/ip-address.ts'
import { isLocalhostName } from '../host/resolver.ts'
import type { Resolver } from '../kernel/network.ts'
import { systemError } from './errors.ts'
import type { Program } from './ledger.ts'

/** Names of a simulation: registered by tests, and those of its hosts. */
export class SimulatedResolver implements Resolver {
  private readonly names: ReadonlyMap<string, readonly string[]>
  private readonly program: Program

  constructor(names: ReadonlyMap<string, readonly string[]>, program: Program) {
    this.names = names
    this.program = program
  }

  resolve(host: string): Promise<readonly string[]> {
    return this.program.later(`resolve ${host}`, 0, () => {
      const plain = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
      if (isIpAddress(plain)) return [plain]
      if (isLocalhostName(host)) return ['127.0.0.1']
      const addresses = this.names.get(host.toLowerCase())
      if (addresses === undefined) throw systemError('ENOTFOUND', 'getaddrinfo', host)
      return addresses
    })
  }
}

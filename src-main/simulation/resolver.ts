import type { Resolver } from '../kernel/network.ts'
import { isAddress } from './addresses.ts'
import { systemError } from './errors.ts'
import type { Program } from './ledger.ts'
import type { NetworkSwitch } from './network-switch.ts'

/** Names of a simulation: registered by tests, and those of its hosts. */
export class SimulatedResolver implements Resolver {
  private readonly names: ReadonlyMap<string, readonly string[]>
  private readonly program: Program
  private readonly gate: NetworkSwitch

  constructor(names: ReadonlyMap<string, readonly string[]>, program: Program, gate: NetworkSwitch) {
    this.names = names
    this.program = program
    this.gate = gate
  }

  resolve(host: string): Promise<readonly string[]> {
    return this.program.later(`resolve ${host}`, 0, () => {
      const plain = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
      if (isAddress(plain)) return [plain]
      this.gate.assertAllows(host, 'getaddrinfo')
      if (host === 'localhost') return ['127.0.0.1']
      const addresses = this.names.get(host.toLowerCase())
      if (addresses === undefined) throw systemError('ENOTFOUND', 'getaddrinfo', host)
      this.gate.learn(addresses)
      return addresses
    })
  }
}

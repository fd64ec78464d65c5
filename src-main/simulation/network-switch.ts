import type { NetworkControl, NetworkPolicy } from '../kernel/network-policy.ts'
import { systemError } from './errors.ts'
import { isLoopback } from './port-table.ts'

/** The switch in front of the ports of one program that reach the network. */
export class NetworkSwitch implements NetworkControl {
  policy: NetworkPolicy = { mode: 'online' }
  private readonly learnt = new Set<string>()

  set(policy: NetworkPolicy): void {
    this.policy = policy
    this.learnt.clear()
  }

  /** Whether packets may go to an address, or a name may be asked for. */
  allows(host: string): boolean {
    if (this.policy.mode === 'online' || isLoopback(host) || host === 'localhost') return true
    return this.policy.allowedHosts.includes(host) || this.learnt.has(host)
  }

  /** The addresses of an allowed name are allowed as well. */
  learn(addresses: readonly string[]): void {
    if (this.policy.mode === 'local-only') for (const address of addresses) this.learnt.add(address)
  }

  /** @throws `OFFLINE` */
  assertAllows(host: string, call: string): void {
    if (!this.allows(host)) throw systemError('OFFLINE', call, host)
  }
}

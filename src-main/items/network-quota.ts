import { type AddressKey, addressKeys } from '../codec/address-keys.ts'

/** Counts what each /24 (IPv6: /64) has stored here, so that no one party can fill a store. */
export class NetworkQuota {
  private readonly limit: number
  private readonly counts = new Map<AddressKey, number>()

  constructor(limit: number) {
    this.limit = limit
  }

  /** Whether the network of this IP literal may store one more. */
  allows(host: string): boolean {
    return this.count(host) < this.limit
  }

  take(host: string): void {
    this.counts.set(addressKeys(host).network, this.count(host) + 1)
  }

  release(host: string): void {
    const { network } = addressKeys(host)
    const left = (this.counts.get(network) ?? 0) - 1
    if (left > 0) this.counts.set(network, left)
    else this.counts.delete(network)
  }

  /** Networks that have stored something. */
  get size(): number {
    return this.counts.size
  }

  private count(host: string): number {
    return this.counts.get(addressKeys(host).network) ?? 0
  }
}

/**
 * The address that gives this host its places: the one that a person has given, else what is known from elsewhere over the same
 * socket, else what the answers of other hosts agree on. Only contacts that reach as far as it does, and of its family, belong
 * to its ring.
 */
import { isUnicastIp } from '../../codec/ip-address.ts'
import { type Reach, reachOf } from '../../codec/ip-reach.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { ExternalAddress } from '../../rpc/external-address.ts'

export interface AddressOptions {
  readonly address?: string | undefined
  readonly external?: () => string | undefined
}

export class OwnAddress {
  readonly family: 4 | 6
  private readonly local: Endpoint
  private readonly options: AddressOptions
  private readonly votes = new ExternalAddress()

  constructor(local: Endpoint, options: AddressOptions) {
    this.local = local
    this.options = options
    this.family = local.host.includes(':') ? 6 : 4
  }

  /** Whether it was given, and so needs no proof. */
  get isGiven(): boolean {
    return this.options.address !== undefined
  }

  /** Undefined until it is known. */
  get host(): string | undefined {
    const { address, external } = this.options
    const host = address ?? external?.() ?? this.votes.host
    return host !== undefined && this.isOfFamily(host) && isUnicastIp(host) ? host : undefined
  }

  /** How far our ring reaches. As long as our address is not known, that is the internet, unless we are bound to this machine only. */
  get reach(): Reach {
    const { host } = this
    if (host !== undefined) return reachOf(host)
    return this.isBoundToMachine ? 0 : 2
  }

  /** Whether a host there may be of our ring. */
  admits({ host, port }: Endpoint): boolean {
    return port >= 1 && port <= 65_535 && isUnicastIp(host) && this.isOfFamily(host) && reachOf(host) === this.reach
  }

  /** `voter` sees us there. `group`: of voters that one teller led us to; undefined where we knew it before. */
  vote(voter: string, host: string, group: number | undefined): void {
    this.votes.vote(voter, host, group)
  }

  /** What was seen before says nothing in another network. */
  networkChanged(): void {
    this.votes.clear()
  }

  private get isBoundToMachine(): boolean {
    const { host } = this.local
    return isUnicastIp(host) && reachOf(host) === 0
  }

  private isOfFamily(host: string): boolean {
    return host.includes(':') === (this.family === 6)
  }
}

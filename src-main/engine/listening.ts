/** Keeps the port for peers open as settings and network policy say, one change after the other. */
import { codeOf } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { listenHost, type NetworkPolicy } from '../kernel/network-policy.ts'
import type { PeerListener } from '../torrent/swarm/peer-listener.ts'

/** The address of every interface, in both families. */
const ANY_IPV4 = '0.0.0.0'
const ANY_IPV6 = '::'

export class Listening {
  private readonly listener: PeerListener
  private readonly log: Log
  private readonly changed: () => void
  private wanted: string | undefined
  private at: string | undefined
  private problem = ''
  private last: Promise<void> = Promise.resolve()

  constructor(listener: PeerListener, log: Log, changed: () => void) {
    this.listener = listener
    this.log = log
    this.changed = changed
  }

  /** `host:port` where peers can connect; undefined while they cannot. */
  get endpoint(): string | undefined {
    return this.at
  }

  /** Why it does not listen as asked: one sentence with the next step, or empty. */
  get notice(): string {
    return this.problem
  }

  /** Listens at the first of `candidates` that works, unless it does so already. */
  listen(candidates: readonly Endpoint[]): Promise<void> {
    const wanted = candidates.map(formatEndpoint).join(' ')
    if (wanted === this.wanted) return this.last
    this.wanted = wanted
    this.last = this.last.then(() => this.reopen(candidates))
    return this.last
  }

  async close(): Promise<void> {
    this.wanted = undefined
    await this.last
    await this.listener.close()
    this.at = undefined
  }

  /** The same port for IPv6, where the machine has it. */
  private async alsoOverIPv6({ host }: Endpoint): Promise<void> {
    if (host !== ANY_IPV4) return
    try {
      await this.listener.listen({ host: ANY_IPV6, port: this.listener.port })
    } catch (error) {
      this.log.write('info', 'no peers over IPv6', { code: codeOf(error) })
    }
  }

  private async reopen(candidates: readonly Endpoint[]): Promise<void> {
    await this.listener.close()
    this.at = undefined
    this.problem = ''
    for (const candidate of candidates) {
      try {
        await this.listener.listen(candidate)
        await this.alsoOverIPv6(candidate)
        this.at = formatEndpoint({ host: candidate.host, port: this.listener.port })
        this.problem = ''
        break
      } catch (error) {
        this.problem = `Port ${candidate.port} cannot be opened (${codeOf(error)}), so nobody can connect to you; choose another in Settings.`
        this.log.write('warn', 'cannot listen', { at: formatEndpoint(candidate), code: codeOf(error) })
      }
    }
    this.changed()
  }
}

/** Where to listen: as the command line says, else all interfaces or this machine only. */
export function listenCandidates(policy: NetworkPolicy, port: number, given: Endpoint | undefined): Endpoint[] {
  if (given) return [given]
  const host = listenHost(policy)
  // A port that someone else holds is no reason to be unreachable.
  const ports = port === 0 ? [0] : [port, 0]
  return ports.map((candidate) => ({ host, port: candidate }))
}

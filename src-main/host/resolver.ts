/**
 * Host names to addresses, by the system's resolver. The system's call cannot be stopped and occupies one of the few
 * threads that files use as well, so only a few run at once, the rest wait in a bounded queue, and each is given up on in time.
 */
import { lookup } from 'node:dns/promises'
import type { Resolver } from '../kernel/network.ts'
import { isIpAddress } from './ip-address.ts'
import { NetworkError, timedOut } from './network-error.ts'

const MAX_LOOKUPS = 2
const MAX_WAITING_LOOKUPS = 256
const LOOKUP_TIMEOUT = 20_000

/** Asks the system for all addresses of a name, in its order of preference. */
export type SystemLookup = (host: string) => Promise<readonly string[]>

const systemLookup: SystemLookup = async (host) => {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

/** Names that mean this machine by RFC 6761; they are never looked up. */
export function isLocalhostName(host: string): boolean {
  return /^(.+\.)?localhost\.?$/i.test(host)
}

export function createResolver(askSystem: SystemLookup = systemLookup): Resolver {
  const queue = new LookupQueue(askSystem)
  return {
    resolve: async (host) => {
      if (isIpAddress(host)) return [host]
      if (isLocalhostName(host)) return ['127.0.0.1']
      return queue.lookup(host)
    },
  }
}

class LookupQueue {
  private readonly askSystem: SystemLookup
  private readonly waiting: (() => void)[] = []
  private running = 0

  constructor(askSystem: SystemLookup) {
    this.askSystem = askSystem
  }

  async lookup(host: string): Promise<readonly string[]> {
    await this.turn(host)
    const answer = this.askSystem(host)
    // The place stays taken until the system answers, also after we have given up: the thread is still occupied.
    const settled = () => this.leave()
    answer.then(settled, settled)
    return await withTimeout(host, answer)
  }

  private async turn(host: string): Promise<void> {
    if (this.running < MAX_LOOKUPS) {
      this.running++
      return
    }
    if (this.waiting.length >= MAX_WAITING_LOOKUPS) {
      const message = `${host} was not looked up, because ${MAX_WAITING_LOOKUPS} names are waiting already. Try again later.`
      throw new NetworkError({ code: 'EBUSY', host }, message)
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  private leave(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.running--
    else next()
  }
}

async function withTimeout(host: string, answer: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(`The name server asked for ${host}`, LOOKUP_TIMEOUT)), LOOKUP_TIMEOUT)
  })
  try {
    const addresses = await Promise.race([answer, late])
    if (addresses.length > 0) return addresses
  } catch (error) {
    if (error instanceof NetworkError) throw error
    throw notFound(host, error)
  } finally {
    clearTimeout(timer)
  }
  throw notFound(host)
}

function notFound(host: string, cause?: unknown): NetworkError {
  const message = `No address was found for ${host}. Check the name and the network connection.`
  return new NetworkError({ code: 'ENOTFOUND', host }, message, { cause })
}

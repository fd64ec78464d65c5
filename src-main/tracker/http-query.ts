/**
 * Reads the query of an announce or scrape. Values are raw bytes, percent-encoded; a `+` is a `+`, because clients leave
 * it as it is in an info-hash. Parameters that we do not know are passed over, among them `ip`: a peer is where its
 * request comes from, else anyone could send a swarm against a third party.
 * Spec: BEP 3, 7, 23, 48.
 */
import { CodedError } from '../kernel/errors.ts'

export const MAX_PARAMETERS = 128
/** Info-hashes in one HTTP scrape. */
export const MAX_SCRAPED_OVER_HTTP = 64

/** The query breaks a rule; `reason` goes to the client as `failure reason`. */
export class QueryError extends CodedError<{ readonly code: 'BAD_QUERY'; readonly reason: string }> {
  constructor(reason: string) {
    super({ code: 'BAD_QUERY', reason }, `The tracker request is not understood: ${reason}. Correct the client.`)
  }
}

export interface AnnounceQuery {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  readonly port: number
  readonly left: number
  readonly event: 'none' | 'started' | 'completed' | 'stopped'
  /** undefined leaves it to us. */
  readonly numwant: number | undefined
  /** `compact=0` alone asks for dictionaries; everything else gets the compact form. */
  readonly compact: boolean
  readonly noPeerId: boolean
}

/** @throws QueryError */
export function parseAnnounceQuery(query: string): AnnounceQuery {
  const parameters = new Parameters(query)
  return {
    infoHash: parameters.bytes20('info_hash'),
    peerId: parameters.bytes20('peer_id'),
    port: parameters.count('port', { min: 1, max: 65_535 }) ?? refuse('port is missing'),
    // A client that does not say what it lacks lacks something.
    left: parameters.count('left') ?? 1,
    event: eventOf(parameters.text('event')),
    // -1 is how some say "as you like".
    numwant: parameters.text('numwant') === '-1' ? undefined : parameters.count('numwant'),
    compact: parameters.text('compact') !== '0',
    noPeerId: parameters.text('no_peer_id') === '1',
  }
}

/** The info-hashes asked for, at least one. @throws QueryError */
export function parseScrapeQuery(query: string): Uint8Array[] {
  const hashes = new Parameters(query).all20('info_hash')
  if (hashes.length === 0) throw new QueryError('info_hash is missing')
  if (hashes.length > MAX_SCRAPED_OVER_HTTP) throw new QueryError(`more than ${MAX_SCRAPED_OVER_HTTP} info_hash`)
  return hashes
}

/** The bytes of a percent-encoded text of ASCII characters, or undefined where it is not one. */
export function percentDecode(text: string): Uint8Array | undefined {
  if (!/^(?:%[0-9A-Fa-f]{2}|[^%\x80-\uffff])*$/.test(text)) return undefined
  const parts = text.match(/%..|[^%]/g) ?? []
  return Uint8Array.from(parts, (part) => (part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0)))
}

function refuse(reason: string): never {
  throw new QueryError(reason)
}

function eventOf(text: string | undefined): AnnounceQuery['event'] {
  switch (text) {
    case 'started':
    case 'completed':
    case 'stopped':
      return text
    case undefined:
    case '':
    case 'empty':
    // BEP 21: still there, but not downloading.
    case 'paused':
      return 'none'
    default:
      return refuse('unknown event')
  }
}

class Parameters {
  private readonly pairs: readonly (readonly [string, string])[]

  constructor(query: string) {
    const parts = query.split('&').filter((part) => part !== '')
    if (parts.length > MAX_PARAMETERS) refuse('too many parameters')
    this.pairs = parts.map((part) => {
      const cut = part.indexOf('=')
      return cut < 0 ? [part, ''] : [part.slice(0, cut), part.slice(cut + 1)]
    })
  }

  /** The value as sent. @throws QueryError where the parameter is there twice */
  text(name: string): string | undefined {
    const values = this.pairs.filter(([key]) => key === name)
    if (values.length > 1) refuse(`${name} is there twice`)
    return values[0]?.[1]
  }

  count(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number | undefined {
    const text = this.text(name)
    if (text === undefined || text === '') return undefined
    const value = /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN
    // Clients say 2^63 - 1 or more for "I do not know yet".
    if (Number.isNaN(value) || value < min || (value > max && max < Number.MAX_SAFE_INTEGER)) refuse(`bad ${name}`)
    return Math.min(value, max)
  }

  bytes20(name: string): Uint8Array {
    return hash20(name, this.text(name) ?? refuse(`${name} is missing`))
  }

  all20(name: string): Uint8Array[] {
    return this.pairs.filter(([key]) => key === name).map(([, value]) => hash20(name, value))
  }
}

function hash20(name: string, value: string): Uint8Array {
  const bytes = percentDecode(value)
  return bytes?.length === 20 ? bytes : refuse(`${name} is not 20 bytes`)
}

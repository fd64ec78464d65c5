/**
 * Announces on the local network (BEP 14): `BT-SEARCH` datagrams to a multicast group, in the form of an HTTP request.
 *
 * Strict about what it uses (request line, line ends, port, info-hashes, cookie); other headers are passed over, as the
 * BEP asks. Where the sender can be reached is the source address of the datagram, never something that is written in it.
 * Limits: 1,500 bytes read and 1,400 written, 25 info-hashes in one datagram, a cookie of 64 characters.
 */
import { fromHex, toHex, utf8 } from '../../kernel/bytes.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** The groups of BEP 14: for an organisation, for a site. */
export const LOCAL_GROUP_V4: Endpoint = { host: '239.192.152.143', port: 6771 }
export const LOCAL_GROUP_V6: Endpoint = { host: 'ff15::efc0:988f', port: 6771 }

export const MAX_LOCAL_MESSAGE_BYTES = 1_500
/** BEP 14: so that no datagram is split on its way. */
export const MAX_SENT_LOCAL_MESSAGE_BYTES = 1_400
export const MAX_LOCAL_INFO_HASHES = 25
export const MAX_COOKIE_LENGTH = 64

export interface LocalSearch {
  /** Where the sender takes connections: 1 to 65535. */
  readonly port: number
  /** 20 bytes each, without duplicates: 1 to 25. */
  readonly infoHashes: readonly Uint8Array[]
  /** What the sender put in to recognise its own datagrams when they come back; empty where there is none. */
  readonly cookie: string
}

/**
 * Datagrams to `group` that announce all of `infoHashes`, as few as they fit in; none for none.
 * @param cookie 1 to 64 letters, digits, `-`, `_` or `.`. @throws RangeError on what the form cannot say
 */
export function encodeLocalSearch({ port, infoHashes, cookie }: LocalSearch, group: Endpoint): Uint8Array[] {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new RangeError(`${port} is no port`)
  if (!COOKIE.test(cookie)) throw new RangeError('a cookie has 1 to 64 letters, digits, dashes, underscores or dots')
  const distinct = [...new Set(infoHashes.map(toHex))]
  if (distinct.some((hex) => hex.length !== 40)) throw new RangeError('an info-hash has 20 bytes')
  const datagrams: Uint8Array[] = []
  for (let at = 0; at < distinct.length; at += HASHES_PER_DATAGRAM) {
    const hashes = distinct.slice(at, at + HASHES_PER_DATAGRAM).map((hex) => `Infohash: ${hex}`)
    const lines = [REQUEST_LINE, `Host: ${formatEndpoint(group)}`, `Port: ${port}`, ...hashes, `cookie: ${cookie}`]
    datagrams.push(utf8(`${lines.join(LINE_END)}${LINE_END.repeat(3)}`))
  }
  return datagrams
}

/** Undefined where the datagram is no announce that we can use; on a multicast group anything may arrive. */
export function decodeLocalSearch(bytes: Uint8Array): LocalSearch | undefined {
  const headers = headersOf(bytes)
  if (headers === undefined) return undefined
  let port: number | undefined
  let cookie: string | undefined
  const infoHashes = new Map<string, Uint8Array>()
  for (const [name, value] of headers) {
    if (name === 'port') {
      if (port !== undefined || !/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65_535) return undefined
      port = Number(value)
    } else if (name === 'cookie') {
      if (cookie !== undefined || value.length > MAX_COOKIE_LENGTH) return undefined
      cookie = value
    } else if (name === 'infohash') {
      if (!/^[0-9a-f]{40}$/i.test(value)) return undefined
      if (infoHashes.size < MAX_LOCAL_INFO_HASHES) infoHashes.set(value.toLowerCase(), fromHex(value))
    }
  }
  if (port === undefined || infoHashes.size === 0) return undefined
  return { port, infoHashes: [...infoHashes.values()], cookie: cookie ?? '' }
}

/** Names in lower case with their values; undefined where the datagram is not in the form of such a request. */
function headersOf(bytes: Uint8Array): [name: string, value: string][] | undefined {
  if (bytes.length > MAX_LOCAL_MESSAGE_BYTES || bytes.some((byte) => byte > 0x7e)) return undefined
  const text = String.fromCharCode(...bytes)
  const end = text.indexOf(LINE_END + LINE_END)
  // Nothing but line ends may follow: the BEP writes two, programs one or two.
  if (end < 0 || !/^(\r\n){2,3}$/.test(text.slice(end))) return undefined
  const [request, ...lines] = text.slice(0, end).split(LINE_END)
  if (request !== REQUEST_LINE) return undefined
  const headers: [string, string][] = []
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    headers.push([name.toLowerCase(), value.trim()])
  }
  return headers
}

const LINE_END = '\r\n'
const REQUEST_LINE = 'BT-SEARCH * HTTP/1.1'
const HEADER = /^([!#-'*+.0-9A-Z^-z|~-]{1,64}):([ -~\t]*)$/
const COOKIE = /^[\w.-]{1,64}$/
/** Of 52 bytes each; the other lines take at most 156. */
const HASHES_PER_DATAGRAM = 23

/**
 * The DHT nodes that a .torrent names to begin with (`nodes`, BEP 5): a list of `[host, port]`. They are strangers' words,
 * so what cannot be a node is dropped. Limits: 50 nodes, 253 characters of a host name.
 */
import { type BencodeEntries, findByteString } from '../../codec/bencode-entries.ts'
import { elementSpans } from '../../codec/bencode-scan.ts'
import { canonicalIp, isUnicastIp } from '../../codec/ip-address.ts'
import { strictTextOf } from '../../kernel/bytes.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

export const MAX_DHT_NODES = 50
/** Elements of the list that are looked at. */
const MAX_LOOKED_AT = 1_000

export function dhtNodesOf(metainfo: BencodeEntries): Endpoint[] {
  const raw = metainfo.raw('nodes')
  const nodes = new Map<string, Endpoint>()
  if (raw?.[0] !== LIST) return []
  let count = 0
  for (const element of elementSpans(raw)) {
    if (++count > MAX_LOOKED_AT || nodes.size >= MAX_DHT_NODES) break
    const node = nodeOf(element)
    if (node) nodes.set(formatEndpoint(node), node)
  }
  return [...nodes.values()]
}

function nodeOf(raw: Uint8Array): Endpoint | undefined {
  if (raw[0] !== LIST || raw.length > MAX_NODE_BYTES) return undefined
  const [rawHost, rawPort] = [...elementSpans(raw)]
  const name = strictTextOf(findByteString(rawHost) ?? new Uint8Array()) ?? ''
  const [, digits] = INTEGER.exec(strictTextOf(rawPort ?? new Uint8Array()) ?? '') ?? []
  const port = Number(digits)
  if (digits === undefined || port < 1 || port > 65_535) return undefined
  const host = canonicalIp(name)
  if (host !== undefined) return isUnicastIp(host) ? { host, port } : undefined
  return HOST_NAME.test(name) && name.length <= 253 ? { host: name.toLowerCase(), port } : undefined
}

const LIST = 0x6c
/** The longest host name and port with their bencoding. */
const MAX_NODE_BYTES = 300
const INTEGER = /^i(\d{1,5})e$/
/** Labels of at most 63 characters; the last one begins with a letter, so that no number is taken for a name. */
const HOST_NAME = /^(?:[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?\.)*[a-z](?:[0-9a-z-]{0,61}[0-9a-z])?$/i

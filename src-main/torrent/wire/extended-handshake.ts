/**
 * Reads a peer's extended handshake (BEP 10, with `upload_only` of BEP 21 and `metadata_size` of BEP 9) with our strict reader, and writes what we
 * understood of it anew for the package's own decoder. That decoder so never sees bytes of a stranger: besides the loops
 * that malformed bytes cause in it, a well-formed `m` of a dictionary with a key `toString` would make it throw.
 *
 * A peer may send several; a later one adds to what was known (BEP 10), number 0 takes an extension back.
 */

import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { type BencodeDictionary, readDictionary } from '../../codec/bencode-read.ts'
import { textOf } from '../../kernel/bytes.ts'
import { MAX_METADATA_SIZE } from '../metadata/metadata-message.ts'
import type { ExtendedHandshake } from './peer-wire.ts'

export const MAX_EXTENDED_HANDSHAKE_LENGTH = 65_536
/** More in one connection end it. */
export const MAX_EXTENDED_HANDSHAKES = 100
/** Further names of one peer are passed over. */
export const MAX_EXTENSIONS = 64
const MAX_CLIENT_LENGTH = 100
const EXTENSION_NAME = /^[!-~]{1,64}$/
const LIMITS = { maxDepth: 10, maxItems: 10_000, maxBytes: MAX_EXTENDED_HANDSHAKE_LENGTH, allowTrailing: true }

const DEFAULT_REQUEST_QUEUE = 250
const NOTHING_TOLD: ExtendedHandshake = {
  client: '',
  requestQueue: DEFAULT_REQUEST_QUEUE,
  listenPort: undefined,
  uploadOnly: false,
  metadataSize: undefined,
  extensions: new Map(),
}

export interface ReadExtendedHandshake {
  readonly handshake: ExtendedHandshake
  /** The same, written anew. */
  readonly bytes: Uint8Array
}

/** @param known what earlier ones of this peer said. @throws BencodeError */
export function readExtendedHandshake(
  payload: Uint8Array,
  known: ExtendedHandshake = NOTHING_TOLD,
): ReadExtendedHandshake {
  const { dictionary } = readDictionary(payload, LIMITS)
  const client = dictionary.findBytes('v')
  const uploadOnly = dictionary.findInteger('upload_only')
  const handshake: ExtendedHandshake = {
    client: client ? cleanClient(client) : known.client,
    requestQueue: dictionary.findInteger('reqq', { min: 1 }) ?? known.requestQueue,
    listenPort: dictionary.findInteger('p', { min: 1, max: 65_535 }) ?? known.listenPort,
    uploadOnly: uploadOnly === undefined ? known.uploadOnly : uploadOnly !== 0,
    metadataSize: dictionary.findInteger('metadata_size', { min: 1, max: MAX_METADATA_SIZE }) ?? known.metadataSize,
    extensions: mergeExtensions(known.extensions, dictionary.findDictionary('m')),
  }
  return { handshake, bytes: written(handshake) }
}

function mergeExtensions(
  known: ReadonlyMap<string, number>,
  told: BencodeDictionary | undefined,
): ReadonlyMap<string, number> {
  if (!told) return known
  const extensions = new Map(known)
  for (const name of told.keys()) {
    const id = told.findInteger(name, { min: 0, max: 255 })
    if (id === undefined || !EXTENSION_NAME.test(name)) continue
    if (id === 0) extensions.delete(name)
    else if (extensions.size < MAX_EXTENSIONS || extensions.has(name)) extensions.set(name, id)
  }
  return extensions
}

/** One line without control, format or direction characters. */
function cleanClient(bytes: Uint8Array): string {
  const text = textOf(bytes.subarray(0, 4 * MAX_CLIENT_LENGTH)).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
  return [...text].slice(0, MAX_CLIENT_LENGTH).join('').trim()
}

function written({ client, requestQueue, listenPort, uploadOnly, metadataSize, extensions }: ExtendedHandshake) {
  const m: BencodeInput = extensions
  const p = listenPort === undefined ? {} : { p: listenPort }
  const size = metadataSize === undefined ? {} : { metadata_size: metadataSize }
  return encodeBencode({ m, reqq: requestQueue, upload_only: uploadOnly ? 1 : 0, v: client, ...p, ...size })
}

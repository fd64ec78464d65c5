/**
 * The addresses from run to run, as bytes: format 1 · key 16 · entries, counted · checksum 32 (SHA-256 twice of all before).
 * An entry: flags 1 (bit 0: tried) · IP address 16 · port 2 · services 8 · time 4 · last try 4 · last success 4 ·
 * failures 1 · origin 1 · group of the source, sized. Those of the tried table come first.
 *
 * An address that several sources had named comes back with the first of them alone. Anything damaged is dropped whole:
 * addresses are found again, and a wrong one would only be tried and fail.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../../codec/byte-writer.ts'
import { isUnicastIp } from '../../../codec/ip-address.ts'
import { bytesEqual, textOf, utf8 } from '../../../kernel/bytes.ts'
import { CodedError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import { HASH_BYTES, hash256 } from '../../primitives/hashes.ts'
import { IP_FIELD_BYTES, readIpField, readPort, writeIpField, writePort } from '../messages/ip-field.ts'
import type { AddressOrigin } from './address-entry.ts'
import { AddressManager, type AddressManagerPorts, type KnownAddress, type SavedAddress } from './address-manager.ts'
import { MAX_ADDRESSES_KEPT } from './address-tables.ts'
import { PLACEMENT_KEY_BYTES } from './placement.ts'

const FORMAT = 1
const TRIED = 1
const FIXED_ENTRY_BYTES = 1 + IP_FIELD_BYTES + 2 + 8 + 4 + 4 + 4 + 1 + 1
const MAX_GROUP_BYTES = 100
/** By number; the numbers stay. */
const ORIGINS: readonly AddressOrigin[] = ['gossip', 'manual', 'tracker', 'kademlia', 'chord', 'local', 'pex']
/** Of a full set of tables. */
export const MAX_SAVED_BYTES =
  1 + PLACEMENT_KEY_BYTES + 5 + MAX_ADDRESSES_KEPT * (FIXED_ENTRY_BYTES + 1 + MAX_GROUP_BYTES) + HASH_BYTES

export function saveAddresses({ key, known }: Pick<AddressManager, 'key' | 'known'>): Uint8Array {
  const isTried = (address: KnownAddress) => address.triedSlot !== undefined
  const entries = [...known.filter(isTried), ...known.filter((address) => !isTried(address))]
  const groups = entries.map(({ sourceGroup }) => utf8(sourceGroup).subarray(0, MAX_GROUP_BYTES))
  let size = 1 + PLACEMENT_KEY_BYTES + compactSizeBytes(entries.length)
  for (const group of groups) size += FIXED_ENTRY_BYTES + sizedBytesSize(group)
  const writer = new ByteWriter(size).u8(FORMAT).bytes(key).compactSize(entries.length)
  for (const [at, entry] of entries.entries()) writeEntry(writer, entry, groups[at] as Uint8Array)
  const body = writer.done()
  return new ByteWriter(size + HASH_BYTES).bytes(body).bytes(hash256(body)).done()
}

/** What was saved, or an empty set of addresses with a new key where nothing was, or it is damaged: the log says so. */
export function openAddresses(
  saved: Uint8Array | undefined,
  ports: AddressManagerPorts & { readonly log: Log },
): AddressManager {
  if (saved === undefined) return new AddressManager(ports)
  const contents = readSaved(saved)
  if (contents === undefined) {
    ports.log.write('warn', 'the saved addresses of nodes are damaged: they will be found anew', {
      bytes: saved.length,
    })
    return new AddressManager(ports)
  }
  const manager = new AddressManager(ports, contents.key)
  for (const entry of contents.entries) manager.restore(entry)
  return manager
}

function readSaved(saved: Uint8Array): { key: Uint8Array; entries: SavedAddress[] } | undefined {
  const end = saved.length - HASH_BYTES
  if (end < 0 || saved.length > MAX_SAVED_BYTES) return undefined
  const body = saved.subarray(0, end)
  if (!bytesEqual(hash256(body), saved.subarray(end))) return undefined
  try {
    return readBody(new ByteReader(body))
  } catch (error) {
    if (error instanceof CodedError) return undefined
    throw error
  }
}

/** @throws SerializationError */
function readBody(reader: ByteReader): { key: Uint8Array; entries: SavedAddress[] } | undefined {
  if (reader.u8() !== FORMAT) return undefined
  const key = reader.bytes(PLACEMENT_KEY_BYTES).slice()
  const entries: SavedAddress[] = []
  for (let left = reader.count('addresses', FIXED_ENTRY_BYTES + 1, MAX_ADDRESSES_KEPT); left > 0; left--) {
    const entry = readEntry(reader)
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  reader.end()
  return { key, entries }
}

function writeEntry(writer: ByteWriter, entry: KnownAddress, group: Uint8Array): void {
  writer.u8(entry.triedSlot === undefined ? 0 : TRIED)
  writeIpField(writer, entry.endpoint.host)
  writePort(writer, entry.endpoint.port)
  writer.u64(entry.services).u32(entry.time).u32(entry.lastTry).u32(entry.lastSuccess)
  writer.u8(Math.min(entry.attempts, 255)).u8(ORIGINS.indexOf(entry.origin)).sizedBytes(group)
}

function readEntry(reader: ByteReader): SavedAddress | undefined {
  const flags = reader.u8()
  const endpoint = { host: readIpField(reader), port: readPort(reader) }
  const numbers = {
    services: reader.u64(),
    time: reader.u32(),
    lastTry: reader.u32(),
    lastSuccess: reader.u32(),
    attempts: reader.u8(),
  }
  const origin = ORIGINS[reader.u8()]
  const sourceGroup = textOf(reader.sizedBytes())
  if (origin === undefined || flags > TRIED || endpoint.port === 0 || !isUnicastIp(endpoint.host)) return undefined
  return { endpoint, ...numbers, origin, sourceGroup, isTried: flags === TRIED }
}

/**
 * Messages between nodes (Bitcoin's P2P protocol, version 1): one table, by command, of how large each may be and how it
 * is read and written. A message that is not in it is skipped by its length.
 */
import { CodedError } from '../../../kernel/errors.ts'
import { addr, addrv2 } from './addresses.ts'
import { cfcheckpt, cfheaders, cfilter, getcfcheckpt, getcfheaders, getcfilters } from './block-filters.ts'
import { block, blocktxn, cmpctblock, getblocktxn, tx } from './bulk-messages.ts'
import { getaddr, mempool, sendaddrv2, sendheaders, verack, wtxidrelay } from './empty-messages.ts'
import { encodeEnvelope } from './envelope.ts'
import { feefilter } from './fee-filter.ts'
import { headers } from './headers.ts'
import { getdata, inv, notfound } from './inventory.ts'
import { getblocks, getheaders } from './locators.ts'
import { merkleblock } from './merkle-block.ts'
import type { MessageCodec } from './message-codec.ts'
import { ping, pong } from './ping-pong.ts'
import { reject } from './reject.ts'
import { sendcmpct } from './send-compact.ts'
import { version } from './version.ts'
import { WireError } from './wire-error.ts'

export { type GossipAddress, MAX_ADDRESSES } from './addresses.ts'
export {
  BASIC_FILTER,
  FILTER_CHECKPOINT_INTERVAL,
  MAX_FILTER_CHECKPOINTS,
  MAX_FILTER_HASHES,
  MAX_FILTERS_ASKED,
} from './block-filters.ts'
export { MAX_HEADERS } from './headers.ts'
export { type InventoryItem, InventoryType, MAX_INVENTORY, MAX_ITEMS_ASKED } from './inventory.ts'
export { MAX_LOCATOR_HASHES } from './locators.ts'
export { hasServices, Services } from './services.ts'
export { MIN_PROTOCOL_VERSION, type NetworkAddress, PROTOCOL_VERSION } from './version.ts'
export { WireError, type WireFault } from './wire-error.ts'

const codecs = {
  version,
  verack,
  sendaddrv2,
  wtxidrelay,
  sendheaders,
  getaddr,
  addr,
  addrv2,
  ping,
  pong,
  feefilter,
  inv,
  getdata,
  notfound,
  getblocks,
  getheaders,
  headers,
  block,
  tx,
  mempool,
  sendcmpct,
  cmpctblock,
  getblocktxn,
  blocktxn,
  merkleblock,
  getcfilters,
  cfilter,
  getcfheaders,
  cfheaders,
  getcfcheckpt,
  cfcheckpt,
  reject,
}

export type Command = keyof typeof codecs
export type MessageOf<C extends Command> = C extends Command ? ReturnType<(typeof codecs)[C]['decode']> : never
/** Every message, told apart by `command`. */
export type Message = MessageOf<Command>

const table: ReadonlyMap<string, MessageCodec<Message>> = new Map(
  Object.entries(codecs) as unknown as [string, MessageCodec<Message>][],
)

/** All commands that we know. */
export const commands: readonly Command[] = Object.keys(codecs) as Command[]

/** Largest payload of a message; undefined for one that we do not know. */
export function maxPayloadOf(command: string): number | undefined {
  return table.get(command)?.maxBytes
}

/**
 * A known message from its payload, which it keeps.
 * @throws WireError `MALFORMED`, `TOO_LARGE`
 */
export function decodeMessage(command: Command, payload: Uint8Array): Message {
  const codec = table.get(command) as MessageCodec<Message>
  if (payload.length > codec.maxBytes)
    throw new WireError({ code: 'TOO_LARGE', command, size: payload.length, limit: codec.maxBytes })
  try {
    return codec.decode(payload)
  } catch (error) {
    if (error instanceof WireError || !(error instanceof CodedError)) throw error
    throw new WireError({ code: 'MALFORMED', command, what: error.code }, { cause: error })
  }
}

/**
 * A message as bytes in parts, envelope first. The parts may belong to the message: they must not change until they are sent.
 * @throws RangeError where it breaks a limit of ours
 */
export function encodeMessage(magic: Uint8Array, message: Message): Uint8Array[] {
  const codec = table.get(message.command) as MessageCodec<Message>
  const payload = codec.encode(message)
  if (payload.length > codec.maxBytes)
    throw new RangeError(`"${message.command}" has ${payload.length} bytes, and at most ${codec.maxBytes} are possible`)
  const envelope = encodeEnvelope(magic, message.command, payload)
  return payload.length === 0 ? [envelope] : [envelope, payload]
}

/** Arbitrary messages of every command, for property tests. */
import fc from 'fast-check'
import { ipText } from '../../codec/ip-address.ts'
import type { Command, Message, MessageOf } from '../network/messages/index.ts'
import { BlockHeader } from '../primitives/header.ts'

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const hash = bytesOf(32)
const u8 = fc.integer({ min: 0, max: 0xff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = (maxLength: number) =>
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength })
const ipv4 = bytesOf(4).map(ipText)
/** Of 2000::/3: nothing mapped, nothing of Tor. */
const ipv6 = bytesOf(16).map((bytes) =>
  ipText(Uint8Array.from([0x20 | ((bytes[0] as number) & 0x1f), ...bytes.subarray(1)])),
)
const host = fc.oneof(ipv4, ipv6)
const address = fc.record({ services: u64, host, port: u16 })
const gossip = fc.record({ time: u32, services: u64, host, port: u16 })
const hashes = fc.array(hash, { maxLength: 20 })
const items = fc.array(fc.record({ type: u32, hash }), { maxLength: 20 })
const payload = (minLength: number) => fc.uint8Array({ minLength, maxLength: 300 })
const header = fc
  .record({ version: i32, previous: hash, merkleRoot: hash, time: u32, bits: u32, nonce: u32 })
  .map((fields) => new BlockHeader(fields))

type Fields<C extends Command> = C extends Command ? Omit<MessageOf<C>, 'command'> : never

const fields: { readonly [C in Command]: fc.Arbitrary<Fields<C>> } = {
  version: fc.record({
    version: i32,
    services: u64,
    time: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    receiver: address,
    sender: address,
    nonce: u64,
    userAgent: text(256),
    startHeight: i32,
    relay: fc.boolean(),
  }),
  verack: fc.constant({}),
  sendaddrv2: fc.constant({}),
  wtxidrelay: fc.constant({}),
  sendheaders: fc.constant({}),
  getaddr: fc.constant({}),
  mempool: fc.constant({}),
  addr: fc.record({ addresses: fc.array(gossip, { maxLength: 20 }) }),
  addrv2: fc.record({ addresses: fc.array(gossip, { maxLength: 20 }) }),
  ping: fc.record({ nonce: u64 }),
  pong: fc.record({ nonce: u64 }),
  feefilter: fc.record({ feeRate: i64 }),
  inv: fc.record({ items }),
  getdata: fc.record({ items }),
  notfound: fc.record({ items }),
  getblocks: fc.record({ version: u32, locator: hashes, stop: hash }),
  getheaders: fc.record({ version: u32, locator: hashes, stop: hash }),
  headers: fc
    .integer({ min: 0, max: 20 })
    .chain((count) => bytesOf(80 * count))
    .map((headers) => ({ headers })),
  block: fc.record({ payload: payload(81) }),
  tx: fc.record({ payload: payload(10) }),
  cmpctblock: fc.record({ payload: payload(90) }),
  getblocktxn: fc.record({ payload: payload(33) }),
  blocktxn: fc.record({ payload: payload(33) }),
  sendcmpct: fc.record({ announce: fc.boolean(), version: u64 }),
  merkleblock: fc.record({ header, count: u32, hashes, flags: fc.uint8Array({ maxLength: 30 }) }),
  getcfilters: fc.record({ filterType: u8, startHeight: u32, stopHash: hash }),
  cfilter: fc.record({ filterType: u8, blockHash: hash, filter: fc.uint8Array({ maxLength: 300 }) }),
  getcfheaders: fc.record({ filterType: u8, startHeight: u32, stopHash: hash }),
  cfheaders: fc.record({ filterType: u8, stopHash: hash, previous: hash, hashes }),
  getcfcheckpt: fc.record({ filterType: u8, stopHash: hash }),
  cfcheckpt: fc.record({ filterType: u8, stopHash: hash, headers: hashes }),
  reject: fc.record({
    refused: text(12),
    reasonCode: u8,
    reason: text(111),
    data: fc.constantFrom(new Uint8Array(0), new Uint8Array(32).fill(7)),
  }),
}

/** A message of one command. */
export function messageOf<C extends Command>(command: C): fc.Arbitrary<Message> {
  return (fields[command] as fc.Arbitrary<object>).map((rest) => ({ command, ...rest }) as Message)
}

/** A message of any command. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(...(Object.keys(fields) as Command[]).map(messageOf))

import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../../codec/byte-writer.ts'
import { concatBytes } from '../../../kernel/bytes.ts'
import { MAX_BLOCK_BYTES } from '../../primitives/block.ts'
import { ENVELOPE_BYTES } from './envelope.ts'
import {
  type Command,
  decodeMessage,
  encodeMessage,
  InventoryType,
  MAX_ADDRESSES,
  MAX_FILTER_CHECKPOINTS,
  MAX_FILTER_HASHES,
  MAX_HEADERS,
  MAX_INVENTORY,
  MAX_ITEMS_ASKED,
  MAX_LOCATOR_HASHES,
  type Message,
  maxPayloadOf,
  WireError,
} from './index.ts'
import { MAX_USER_AGENT_BYTES } from './version.ts'

const MAGIC = Uint8Array.of(0xfa, 0x53, 0x48, 0x4c)
const HASH = new Uint8Array(32).fill(0xab)

function payloadOf(message: Message): Uint8Array {
  return concatBytes(encodeMessage(MAGIC, message)).subarray(ENVELOPE_BYTES)
}

function whatIsWrong(command: Command, payload: Uint8Array): string {
  try {
    decodeMessage(command, payload)
  } catch (error) {
    if (error instanceof WireError) return error.fault.code === 'MALFORMED' ? error.fault.what : error.code
    throw error
  }
  return 'nothing'
}

function times<T>(count: number, item: T): T[] {
  return new Array<T>(count).fill(item)
}

describe('full messages fit, and one more is refused', () => {
  const item = { type: InventoryType.WTX, hash: HASH }
  const address = { time: 1, services: 9n, host: '1.2.3.4', port: 9_533 }
  const full: readonly [Command, number, (count: number) => Message][] = [
    ['inv', MAX_INVENTORY, (count) => ({ command: 'inv', items: times(count, item) })],
    ['notfound', MAX_INVENTORY, (count) => ({ command: 'notfound', items: times(count, item) })],
    ['addr', MAX_ADDRESSES, (count) => ({ command: 'addr', addresses: times(count, address) })],
    ['addrv2', MAX_ADDRESSES, (count) => ({ command: 'addrv2', addresses: times(count, address) })],
    ['headers', MAX_HEADERS, (count) => ({ command: 'headers', headers: new Uint8Array(80 * count) })],
    [
      'getheaders',
      MAX_LOCATOR_HASHES,
      (count) => ({ command: 'getheaders', version: 1, locator: times(count, HASH), stop: HASH }),
    ],
    [
      'getblocks',
      MAX_LOCATOR_HASHES,
      (count) => ({ command: 'getblocks', version: 1, locator: times(count, HASH), stop: HASH }),
    ],
    [
      'cfheaders',
      MAX_FILTER_HASHES,
      (count) => ({ command: 'cfheaders', filterType: 0, stopHash: HASH, previous: HASH, hashes: times(count, HASH) }),
    ],
    [
      'cfcheckpt',
      MAX_FILTER_CHECKPOINTS,
      (count) => ({ command: 'cfcheckpt', filterType: 0, stopHash: HASH, headers: times(count, HASH) }),
    ],
  ]

  test.each(full)('%s: %i', (command, limit, make) => {
    const payload = payloadOf(make(limit))
    expect(payload.length).toBeLessThanOrEqual(maxPayloadOf(command) as number)
    expect(decodeMessage(command, payload)).toEqual(make(limit))
    expect(() => encodeMessage(MAGIC, make(limit + 1))).toThrow(RangeError)
  })

  test.each([
    ['inv', MAX_INVENTORY, 36, 0],
    ['getdata', MAX_INVENTORY, 36, 0],
    ['addr', MAX_ADDRESSES, 30, 0],
    ['headers', MAX_HEADERS, 81, 0],
    ['getheaders', MAX_LOCATOR_HASHES, 32, 4],
  ] as const)('%s with a count above %i is refused', (command, limit, itemBytes, before) => {
    const room = new Uint8Array((limit + 1) * itemBytes)
    const writer = new ByteWriter(before + 3 + room.length + 32)
    const payload = writer
      .bytes(new Uint8Array(before))
      .u8(0xfd)
      .u16(limit + 1)
      .bytes(room)
      .bytes(HASH)
      .done()
    expect(['TOO_LARGE', 'TOO_MANY']).toContain(whatIsWrong(command, payload))
  })

  test('a block of four million bytes fits', () => {
    expect(maxPayloadOf('block')).toBe(MAX_BLOCK_BYTES)
    expect(maxPayloadOf('tx')).toBe(MAX_BLOCK_BYTES)
    const payload = new Uint8Array(MAX_BLOCK_BYTES)
    expect(encodeMessage(MAGIC, { command: 'block', payload })[1]).toBe(payload)
    expect(() => encodeMessage(MAGIC, { command: 'block', payload: new Uint8Array(MAX_BLOCK_BYTES + 1) })).toThrow(
      RangeError,
    )
  })
})

describe('asking', () => {
  const items = (count: number) => times(count, { type: InventoryType.BLOCK, hash: HASH })

  test(`we ask for ${MAX_ITEMS_ASKED} items at once, and answer as many as others ask for`, () => {
    expect(payloadOf({ command: 'getdata', items: items(MAX_ITEMS_ASKED) }).length).toBe(3 + 36 * MAX_ITEMS_ASKED)
    expect(() => encodeMessage(MAGIC, { command: 'getdata', items: items(MAX_ITEMS_ASKED + 1) })).toThrow(RangeError)
    const theirs = payloadOf({ command: 'inv', items: items(MAX_INVENTORY) })
    expect(decodeMessage('getdata', theirs)).toEqual({ command: 'getdata', items: items(MAX_INVENTORY) })
  })
})

describe('single fields', () => {
  test('counts that are not minimal are refused', () => {
    expect(whatIsWrong('inv', Uint8Array.of(0xfd, 0, 0))).toBe('SIZE_NOT_MINIMAL')
    expect(whatIsWrong('headers', Uint8Array.of(0xfe, 0, 0, 0, 0))).toBe('SIZE_NOT_MINIMAL')
  })

  test('a header with transactions is refused', () => {
    const payload = payloadOf({ command: 'headers', headers: new Uint8Array(160) })
    payload[81 + 1 + 80 - 1] = 1
    expect(whatIsWrong('headers', payload)).toBe('nothing')
    payload[payload.length - 1] = 1
    expect(whatIsWrong('headers', payload)).toBe('HEADER_WITH_TRANSACTIONS')
  })

  test('a user agent is at most 256 bytes, and shown as printable ASCII', () => {
    const version = (userAgent: string): Message => ({
      command: 'version',
      version: 70_016,
      services: 0n,
      time: 0,
      receiver: { services: 0n, host: '::', port: 0 },
      sender: { services: 0n, host: '::', port: 0 },
      nonce: 1n,
      userAgent,
      startHeight: 0,
      relay: true,
    })
    const longest = payloadOf(version('x'.repeat(MAX_USER_AGENT_BYTES)))
    expect(whatIsWrong('version', longest)).toBe('nothing')
    expect(() => encodeMessage(MAGIC, version('x'.repeat(MAX_USER_AGENT_BYTES + 1)))).toThrow(RangeError)
    // The length of the text lies after 80 bytes; 257 in its place.
    longest[81] = 1
    expect(whatIsWrong('version', longest)).toBe('USER_AGENT_LENGTH')
    expect(decodeMessage('version', payloadOf(version('a\u202eb<b>\n')))).toMatchObject({ userAgent: 'a???b<b>?' })
  })

  test('a version that ends before its relay byte wants transactions, and what follows it is ignored', () => {
    const payload = payloadOf({
      command: 'version',
      version: 70_015,
      services: 1n,
      time: 5,
      receiver: { services: 0n, host: '1.2.3.4', port: 1 },
      sender: { services: 0n, host: '2001:db8::1', port: 2 },
      nonce: 3n,
      userAgent: '/x/',
      startHeight: 7,
      relay: false,
    })
    expect(decodeMessage('version', payload)).toMatchObject({ relay: false })
    expect(decodeMessage('version', payload.subarray(0, -1))).toMatchObject({ relay: true })
    expect(decodeMessage('version', concatBytes([payload, HASH]))).toMatchObject({ relay: false, startHeight: 7 })
  })

  test('a reason is at most 111 bytes, printable, and for the log alone', () => {
    const reject = (reason: string): Message => ({
      command: 'reject',
      refused: 'tx',
      reasonCode: 0x10,
      reason,
      data: HASH,
    })
    expect(whatIsWrong('reject', payloadOf(reject('x'.repeat(111))))).toBe('nothing')
    const long = new ByteWriter(1 + 2 + 1 + 1 + 112).u8(2).bytes(Uint8Array.of(0x74, 0x78)).u8(0x10).u8(112)
    expect(whatIsWrong('reject', long.bytes(new Uint8Array(112)).done())).toBe('TEXT_LENGTH')
  })

  test('bulk messages shorter than what they begin with are refused', () => {
    expect(whatIsWrong('block', new Uint8Array(80))).toBe('TOO_SHORT')
    expect(whatIsWrong('tx', new Uint8Array(9))).toBe('TOO_SHORT')
    expect(whatIsWrong('cmpctblock', new Uint8Array(89))).toBe('TOO_SHORT')
    expect(whatIsWrong('getblocktxn', new Uint8Array(32))).toBe('TOO_SHORT')
    expect(whatIsWrong('blocktxn', new Uint8Array(32))).toBe('TOO_SHORT')
  })
})

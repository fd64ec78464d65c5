/**
 * Bytes that others have published: the examples of the protocol documentation (en.bitcoin.it, "Protocol documentation"),
 * Bitcoin Core's net_tests for addresses of BIP 155, a version message of a node of 2014 and a list of addresses from
 * rust-bitcoin's tests (CC0), and payloads that bcoin's tests hold.
 */
import { describe, expect, test } from 'vitest'
import { bytesEqual, concatBytes, fromHex, toHex } from '../../../kernel/bytes.ts'
import { displayHash } from '../../primitives/hashes.ts'
import { decodeHeader } from '../../primitives/header.ts'
import { matchesOf } from '../../primitives/partial-merkle-tree.ts'
import { vectorBytes, vectorText } from '../../test-support/vectors.ts'
import { checksumOf, decodeEnvelope, ENVELOPE_BYTES } from './envelope.ts'
import { type Command, decodeMessage, encodeMessage, type Message, WireError } from './index.ts'

const BITCOIN = fromHex('f9beb4d9')

/** A whole message of Bitcoin's network, which is read, compared, written again and compared with its bytes. */
function bothWays(hex: string): Message {
  const bytes = fromHex(hex.replaceAll(/\s/g, ''))
  const envelope = decodeEnvelope(bytes, BITCOIN)
  const payload = bytes.subarray(ENVELOPE_BYTES)
  expect(envelope.length).toBe(payload.length)
  expect(toHex(checksumOf(payload))).toBe(toHex(envelope.checksum))
  return decodeMessage(envelope.command as Command, payload)
}

function written(message: Message): string {
  return toHex(concatBytes(encodeMessage(BITCOIN, message)))
}

describe('the protocol documentation', () => {
  const VERACK = 'f9beb4d976657261636b000000000000000000005df6e0e2'
  const ADDR =
    'f9beb4d9616464720000000000000000 1f000000ed52399b01e215104d010000 000000000000000000000000000000ff ff0a000001208d'
  /** Of protocol 60002: it ends before the relay byte of BIP 37. */
  const VERSION = `f9beb4d976657273696f6e0000000000 64000000358d493262ea000001000000 0000000011b2d0500000000001000000
    0000000000000000000000000000ffff 00000000000000000000000000000000 0000000000000000ffff000000000000
    3b2eb35d8ce617650f2f5361746f7368 693a302e372e322fc03e0300`

  test('verack', () => {
    expect(bothWays(VERACK)).toEqual({ command: 'verack' })
    expect(written({ command: 'verack' })).toBe(VERACK)
  })

  test('addr', () => {
    const message = bothWays(ADDR)
    expect(message).toEqual({
      command: 'addr',
      addresses: [{ time: 0x4d1015e2, services: 1n, host: '10.0.0.1', port: 8_333 }],
    })
    expect(written(message)).toBe(ADDR.replaceAll(' ', ''))
  })

  test('version', () => {
    const message = bothWays(VERSION)
    expect(message).toEqual({
      command: 'version',
      version: 60_002,
      services: 1n,
      time: 1_355_854_353,
      receiver: { services: 1n, host: '0.0.0.0', port: 0 },
      sender: { services: 0n, host: '0.0.0.0', port: 0 },
      nonce: 7_284_544_412_836_900_411n,
      userAgent: '/Satoshi:0.7.2/',
      startHeight: 212_672,
      relay: true,
    })
    const [, payload] = encodeMessage(BITCOIN, message) as [Uint8Array, Uint8Array]
    expect(toHex(payload)).toBe(`${VERSION.replaceAll(/\s/g, '').slice(2 * ENVELOPE_BYTES)}01`)
  })
})

test('the version of a node of May 2014', () => {
  const hex = `721101000100000000000000e6e0845300000000010000000000000000000000000000000000ffff0000000000000100000000000000
    fd87d87eeb4364f22cf54dca59412db7208d47d920cffce83ee8102f5361746f7368693a302e392e39392f2c9f040001`
  const payload = fromHex(hex.replaceAll(/\s/g, ''))
  const message = decodeMessage('version', payload)
  expect(message).toMatchObject({
    version: 70_002,
    services: 1n,
    time: 1_401_217_254,
    nonce: 16_735_069_437_859_780_935n,
    userAgent: '/Satoshi:0.9.99/',
    startHeight: 302_892,
    relay: true,
  })
  const [, again] = encodeMessage(BITCOIN, message) as [Uint8Array, Uint8Array]
  expect(toHex(again)).toBe(toHex(payload))
})

describe('addresses of BIP 155', () => {
  test('two of them, of which one is of an unknown network', () => {
    const payload = fromHex('0261bc6649019902abab208d79627683fd4804010409090909208d')
    expect(decodeMessage('addrv2', payload)).toEqual({
      command: 'addrv2',
      addresses: [{ time: 0x83766279, services: 1_024n | 8n | 64n, host: '9.9.9.9', port: 8_333 }],
    })
  })

  /** One entry, from network and address on. */
  const read = (address: string) => {
    const payload = fromHex(`01 79627683 fd4804 ${address} 208d`.replaceAll(' ', ''))
    const message = decodeMessage('addrv2', payload)
    return message.command === 'addrv2' ? message.addresses.map(({ host }) => host) : undefined
  }

  test.each([
    ['IPv4', '010401020304', ['1.2.3.4']],
    ['IPv6', '02100102030405060708090a0b0c0d0e0f10', ['102:304:506:708:90a:b0c:d0e:f10']],
    ['IPv4 put into IPv6', '021000000000000000000000ffff01020304', []],
    ['Tor of old put into IPv6', '0210fd87d87eeb430102030405060708090a', []],
    ['Tor of old', '030af1f2f3f4f5f6f7f8f9fa', []],
    ['Tor', '042079bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f', []],
    ['I2P', '0520a2894dabaec08c0051a481a6dac88b64f98232ae42d4b6fd2fa81952dfe36a87', []],
    ['CJDNS', '0610fc000001000200030004000500060007', []],
    ['an unknown network', 'aa0401020304', []],
    ['an unknown network without an address', 'aa00', []],
  ])('%s', (_, address, hosts) => {
    expect(read(address)).toEqual(hosts)
  })

  test.each([
    ['IPv4 that is too short', '01040102'],
    ['IPv4 of five bytes', '010501020304'],
    ['IPv4 of 513 bytes', '01fd010201020304'],
    ['IPv6 of four bytes', '020400'],
    ['Tor of old of seven bytes', '030700'],
    ['Tor of no bytes', '040000'],
    ['I2P of three bytes', '050300'],
    ['CJDNS of one byte', '060100'],
    ['an unknown network with more than 512 bytes', 'aafe0000000201020304050607'],
  ])('%s is refused', (_, address) => {
    expect(() => read(address)).toThrow(WireError)
  })
})

describe('payloads of real nodes', () => {
  test('headers', () => {
    const stored = vectorBytes('blocks/bcoin_headers1.raw')
    // The file has the header and its count; a message has the count of headers in front.
    const payload = stored.length === 81 ? concatBytes([Uint8Array.of(1), stored]) : stored
    const message = decodeMessage('headers', payload)
    if (message.command !== 'headers') throw new Error('another message')
    expect(displayHash(decodeHeader(message.headers).hash)).toBe(
      displayHash(decodeHeader(stored.subarray(stored.length - 81, stored.length - 1)).hash),
    )
    const [, again] = encodeMessage(BITCOIN, message) as [Uint8Array, Uint8Array]
    expect(bytesEqual(again, payload)).toBe(true)
  })

  test('merkleblock, from two programs', () => {
    const hex = vectorText('blocks/rust_merkle_block.hex').trim()
    for (const payload of [vectorBytes('blocks/bcoin_merkle300025.raw'), fromHex(hex)]) {
      const message = decodeMessage('merkleblock', payload)
      if (message.command !== 'merkleblock') throw new Error('another message')
      expect(matchesOf(message).length).toBeGreaterThan(0)
      const [, again] = encodeMessage(BITCOIN, message) as [Uint8Array, Uint8Array]
      expect(bytesEqual(again, payload)).toBe(true)
    }
  })

  test('cmpctblock and block, as they are', () => {
    for (const [command, file] of [
      ['cmpctblock', 'blocks/bcoin_compact898352.raw'],
      ['block', 'blocks/bcoin_block898352.raw'],
    ] as const) {
      const payload = vectorBytes(file)
      expect(decodeMessage(command, payload)).toEqual({ command, payload })
    }
  })
})

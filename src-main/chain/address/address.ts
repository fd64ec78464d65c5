/**
 * Addresses: output scripts as people write them. Base58Check for pay to public key hash and script hash, bech32 and
 * bech32m for witness programs. A network is a set of prefixes; an address of another known network is refused by name.
 */
import { createBase58check } from '@scure/base'
import { sha256 } from '../primitives/hashes.ts'
import { AddressError } from './address-error.ts'
import { type Destination, destinationOf, destinationOfProgram, HASH160_BYTES, scriptOf } from './output-script.ts'
import { decodeSegwit, encodeSegwit, MAX_BECH32_LENGTH } from './segwit-address.ts'

export interface AddressPrefixes {
  /** What people call the network: "Shoal", "Shoal's test network". */
  readonly title: string
  /** Human-readable part of bech32 addresses, small letters. */
  readonly hrp: string
  /** First byte of a Base58Check address that pays to a public key hash, and to a script hash. */
  readonly publicKeyHash: number
  readonly scriptHash: number
}

const base58check = createBase58check((bytes: Uint8Array) => sha256(bytes))
/** Beyond ASCII there are letters whose small form is an ASCII letter. */
const NOT_PRINTABLE_ASCII = /[^!-~]/
const NOT_BASE58 = /[^1-9A-HJ-NP-Za-km-z]/
const SEGWIT_SHAPE = /^[a-z]{1,83}1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{7,}$/

/** The address of an output script; undefined where it has none. */
export function addressOfScript(script: Uint8Array, prefixes: AddressPrefixes): string | undefined {
  const destination = destinationOf(script)
  return destination && encodeAddress(destination, prefixes)
}

export function encodeAddress(destination: Destination, prefixes: AddressPrefixes): string {
  switch (destination.type) {
    case 'p2pkh':
      return base58check.encode(Uint8Array.of(prefixes.publicKeyHash, ...destination.hash))
    case 'p2sh':
      return base58check.encode(Uint8Array.of(prefixes.scriptHash, ...destination.hash))
    case 'p2wpkh':
    case 'p2wsh':
      return encodeSegwit(prefixes.hrp, { version: 0, program: destination.hash })
    case 'witness':
      return encodeSegwit(prefixes.hrp, destination)
  }
}

/** The output script that an address stands for; `others` as for `decodeAddress`. @throws AddressError */
export function scriptOfAddress(
  text: string,
  prefixes: AddressPrefixes,
  others: readonly AddressPrefixes[] = [],
): Uint8Array {
  return scriptOf(decodeAddress(text, prefixes, others))
}

/** What an address stands for. `others` are networks whose addresses are refused by their name. @throws AddressError */
export function decodeAddress(
  text: string,
  prefixes: AddressPrefixes,
  others: readonly AddressPrefixes[] = [],
): Destination {
  if (text === '') throw new AddressError({ code: 'EMPTY' })
  if (text.length > MAX_BECH32_LENGTH) throw new AddressError({ code: 'TOO_LONG', limit: MAX_BECH32_LENGTH })
  refuseCharacters(text, NOT_PRINTABLE_ASCII)
  const small = text.toLowerCase()
  const named = [prefixes, ...others].find(({ hrp }) => small.startsWith(`${hrp}1`))
  // A Base58Check address may start in the same way; its own check digits then tell it apart.
  const payload = base58PayloadOf(text)
  if (payload) return destinationOfPayload(payload, prefixes, others)
  if (named) return decodeNamed(text, named, prefixes)
  if (SEGWIT_SHAPE.test(small)) throw new AddressError({ code: 'UNKNOWN_NETWORK', wanted: prefixes.title })
  refuseCharacters(text, NOT_BASE58)
  throw new AddressError({ code: 'BAD_CHECKSUM' })
}

function refuseCharacters(text: string, bad: RegExp): void {
  const position = text.search(bad)
  if (position >= 0) throw new AddressError({ code: 'BAD_CHARACTER', position, character: text[position] as string })
}

function decodeNamed(text: string, named: AddressPrefixes, prefixes: AddressPrefixes): Destination {
  const destination = destinationOfProgram(decodeSegwit(named.hrp, text))
  if (destination === undefined) throw new AddressError({ code: 'BAD_WITNESS_PROGRAM' })
  if (named !== prefixes) throw otherNetwork(named, prefixes)
  return destination
}

/** Bytes of a text whose Base58Check digits are right. */
function base58PayloadOf(text: string): Uint8Array | undefined {
  if (NOT_BASE58.test(text)) return undefined
  try {
    return base58check.decode(text)
  } catch {
    return undefined
  }
}

function destinationOfPayload(
  payload: Uint8Array,
  prefixes: AddressPrefixes,
  others: readonly AddressPrefixes[],
): Destination {
  const version = payload[0] as number
  if (payload.length !== 1 + HASH160_BYTES) throw new AddressError({ code: 'UNKNOWN_NETWORK', wanted: prefixes.title })
  const hash = payload.slice(1)
  if (version === prefixes.publicKeyHash) return { type: 'p2pkh', hash }
  if (version === prefixes.scriptHash) return { type: 'p2sh', hash }
  const found = others.find((other) => version === other.publicKeyHash || version === other.scriptHash)
  if (found) throw otherNetwork(found, prefixes)
  throw new AddressError({ code: 'UNKNOWN_NETWORK', wanted: prefixes.title })
}

function otherNetwork(found: AddressPrefixes, wanted: AddressPrefixes): AddressError {
  return new AddressError({ code: 'OTHER_NETWORK', found: found.title, wanted: wanted.title })
}

/**
 * The wallet's words, sealed with a password: what lies in wallet.db and in every copy of it.
 *
 *     "SHOALKEY" · version 1 · "scrypt", zeros to 8 bytes · log2 N · r · p · salt 32 · nonce 24 · sealed · checksum 8
 *
 * The key is scrypt's of the password (NFKC, UTF-8); the seal is XChaCha20-Poly1305 with all that lies before it as
 * associated data. The checksum, SHA-256 of all before it cut to 8 bytes, tells damage from a wrong password. Cost and
 * salt are new with each seal, so the cost can be raised by a change of password.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { sha256 } from '../../chain/primitives/hashes.ts'
import { bytesEqual, concatBytes, textOf, utf8 } from '../../kernel/bytes.ts'
import type { KeyDerivation, ScryptCost } from '../../kernel/key-derivation.ts'
import type { Random } from '../../kernel/random.ts'
import { VaultError } from './vault-error.ts'
import { decodeSecret, encodeSecret, type WalletSecret } from './wallet-secret.ts'

/** 128 MiB and half a second of a desktop of 2026. */
export const DEFAULT_COST: ScryptCost = { log2N: 17, r: 8, p: 1 }
/** Beyond this nothing is tried: 1 GiB, and 16 times over. */
export const MAX_MEMORY_BYTES = 2 ** 30
export const MAX_RUNS = 16
/** No seal of ours comes near; a longer one is not read. */
export const MAX_SEALED_BYTES = 64 * 1024

const MAGIC = utf8('SHOALKEY')
const VERSION = 1
const KDF_NAME = utf8('scrypt\0\0')
const SALT_BYTES = 32
const NONCE_BYTES = 24
const KEY_BYTES = 32
const TAG_BYTES = 16
const CHECKSUM_BYTES = 8
const COST_AT = MAGIC.length + 1 + KDF_NAME.length
const SALT_AT = COST_AT + 3
const NONCE_AT = SALT_AT + SALT_BYTES
const HEADER_BYTES = NONCE_AT + NONCE_BYTES

export interface SealingParts {
  readonly derivation: KeyDerivation
  readonly random: Random
  /** Of new seals. */
  readonly cost: ScryptCost
}

/** Seals under a fresh salt and nonce, and opens it again before it is given out. */
export async function sealSecret(secret: WalletSecret, password: string, parts: SealingParts): Promise<Uint8Array> {
  const { derivation, random, cost } = parts
  const { log2N, r, p } = cost
  const salt = random.bytes(SALT_BYTES)
  const costs = Uint8Array.of(log2N, r, p)
  const header = concatBytes([MAGIC, Uint8Array.of(VERSION), KDF_NAME, costs, salt, random.bytes(NONCE_BYTES)])
  const plain = encodeSecret(secret)
  const key = await keyOf(password, salt, cost, derivation)
  try {
    const body = concatBytes([header, cipherOf(key, header).encrypt(plain)])
    const opened = cipherOf(key, header).decrypt(body.subarray(HEADER_BYTES))
    const same = bytesEqual(opened, plain)
    opened.fill(0)
    if (!same) throw new VaultError({ code: 'NOT_KEPT' })
    return concatBytes([body, checksumOf(body)])
  } finally {
    key.fill(0)
    plain.fill(0)
  }
}

/**
 * What was sealed, its entropy the caller's to wipe. A key is derived in any case, so that a wrong password, a damaged
 * seal and no seal at all take the same work.
 * @throws VaultError `WRONG_PASSWORD`, `DAMAGED_KEYS`, `NEWER_KEYS`
 */
export async function openSecret(
  sealed: Uint8Array,
  password: string,
  parts: Pick<SealingParts, 'derivation' | 'cost'>,
): Promise<WalletSecret> {
  const read = readSeal(sealed)
  const { salt, cost } = 'fault' in read ? { salt: new Uint8Array(SALT_BYTES), cost: parts.cost } : read
  const key = await keyOf(password, salt, cost, parts.derivation)
  try {
    if ('fault' in read) throw read.fault
    return decodePlain(decrypt(key, read))
  } finally {
    key.fill(0)
  }
}

interface Seal {
  readonly header: Uint8Array
  readonly cost: ScryptCost
  readonly salt: Uint8Array
  readonly body: Uint8Array
}

function readSeal(sealed: Uint8Array): Seal | { readonly fault: VaultError } {
  const damaged = { fault: new VaultError({ code: 'DAMAGED_KEYS' }) }
  const end = sealed.length - CHECKSUM_BYTES
  if (end < HEADER_BYTES + TAG_BYTES || sealed.length > MAX_SEALED_BYTES) return damaged
  if (!bytesEqual(sealed.subarray(0, MAGIC.length), MAGIC)) return damaged
  if (!bytesEqual(checksumOf(sealed.subarray(0, end)), sealed.subarray(end))) return damaged
  const version = sealed[MAGIC.length] as number
  if (version > VERSION) return { fault: new VaultError({ code: 'NEWER_KEYS', version }) }
  if (version !== VERSION || textOf(sealed.subarray(MAGIC.length + 1, COST_AT)) !== textOf(KDF_NAME)) return damaged
  const [log2N, r, p] = sealed.subarray(COST_AT, SALT_AT) as unknown as [number, number, number]
  const cost = { log2N, r, p }
  if (!isWithinBounds(cost)) return damaged
  const header = sealed.subarray(0, HEADER_BYTES)
  return { header, cost, salt: sealed.subarray(SALT_AT, NONCE_AT), body: sealed.subarray(HEADER_BYTES, end) }
}

/** Checked before any memory is taken. */
export function isWithinBounds({ log2N, r, p }: ScryptCost): boolean {
  return log2N >= 1 && log2N < 31 && r >= 1 && p >= 1 && p <= MAX_RUNS && 128 * r * 2 ** log2N <= MAX_MEMORY_BYTES
}

function decrypt(key: Uint8Array, { header, body }: Seal): Uint8Array {
  try {
    return cipherOf(key, header).decrypt(body)
  } catch {
    // The checksum is right: nobody has changed it since, so the key is another one.
    throw new VaultError({ code: 'WRONG_PASSWORD' })
  }
}

function decodePlain(plain: Uint8Array): WalletSecret {
  const secret = decodeSecret(plain)
  plain.fill(0)
  if (secret === undefined) throw new VaultError({ code: 'DAMAGED_KEYS' })
  return secret
}

async function keyOf(
  password: string,
  salt: Uint8Array,
  cost: ScryptCost,
  derivation: KeyDerivation,
): Promise<Uint8Array> {
  const bytes = utf8(password.normalize('NFKC'))
  try {
    return await derivation.scrypt(bytes, salt, cost, KEY_BYTES)
  } finally {
    bytes.fill(0)
  }
}

function cipherOf(key: Uint8Array, header: Uint8Array) {
  return xchacha20poly1305(key, header.subarray(NONCE_AT), header)
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).subarray(0, CHECKSUM_BYTES)
}

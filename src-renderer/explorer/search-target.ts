/** What a person types or pastes to be looked up, read as a key of the overlay. */
import { isKey } from './distance.ts'

export type Target =
  | { readonly key: string; readonly torrent: boolean }
  /** A mutable item, as links whose torrent changes name it (BEP 46); hex. */
  | { readonly publicKey: string; readonly salt: string }
  | { readonly problem: string }

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE32_KEY = /^[A-Z2-7]{32}$/

/** The 20 bytes that 32 letters of base32 stand for, as 40 hex digits. */
function fromBase32(text: string): string {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return (bits.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16)).join('')
}

function readHash(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (isKey(lower)) return lower
  const upper = text.toUpperCase()
  return BASE32_KEY.test(upper) ? fromBase32(upper) : undefined
}

function readMagnet(text: string): Target {
  const fields = new URLSearchParams(text.slice(text.indexOf('?') + 1))
  for (const topic of fields.getAll('xt')) {
    const [, hash] = /^urn:btih:(.+)$/i.exec(topic) ?? []
    const key = hash === undefined ? undefined : readHash(hash)
    if (key) return { key, torrent: true }
  }
  const publicKeys = fields.getAll('xs').flatMap((source) => /^urn:btpk:(.+)$/i.exec(source)?.[1] ?? [])
  if (publicKeys[0] !== undefined) return readOwner(publicKeys[0], fields.get('s') ?? '')
  return { problem: 'This magnet link holds no info-hash of version 1. Paste the info-hash itself.' }
}

const PUBLIC_KEY = /^[0-9a-f]{64}$/
const SALT = /^([0-9a-f]{2}){0,64}$/

function readOwner(publicKey: string, salt: string): Target {
  const owner = { publicKey: publicKey.toLowerCase(), salt: salt.toLowerCase() }
  if (PUBLIC_KEY.test(owner.publicKey) && SALT.test(owner.salt)) return owner
  return {
    problem: 'This link is broken: its public key has 64 hex digits, its salt at most 128. Copy it again, whole.',
  }
}

/** A key of 40 hex digits (or 32 letters of base32), a public key of 64, or what a magnet link names. */
export function readTarget(typed: string): Target {
  const text = typed.trim()
  if (text === '') return { problem: 'Enter 40 hex digits, a public key of 64, or a magnet link.' }
  if (/^magnet:/i.test(text)) return readMagnet(text)
  const key = readHash(text)
  if (key) return { key, torrent: false }
  if (PUBLIC_KEY.test(text.toLowerCase())) return readOwner(text, '')
  if (/^[0-9a-f]+$/i.test(text))
    return { problem: `A key has 40 hex digits, this has ${text.length}. Copy it again, whole.` }
  return { problem: 'Enter 40 hex digits, a public key of 64, or a magnet link.' }
}

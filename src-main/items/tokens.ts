/**
 * Tokens that prove that a node received our answer at its address (BEP 5): given out with an answer, asked back with
 * a write. Nothing is stored: a token is a keyed hash over whom and what it is for, so one overheard is of no use
 * from another address or port, under another id or for another target.
 *
 * The secret changes every 5 minutes and the one before stays valid, so a token lives for 5 to 10 minutes.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'

/** Of ids and targets. */
const ID_BYTES = 20
export const TOKEN_BYTES = 8
export const SECRET_BYTES = 20
export const SECRET_LIFE: Millis = 5 * MINUTE

/** The longest text of an IP address. */
const MAX_HOST_LENGTH = 45
const HOST_AT = SECRET_BYTES + 2 * ID_BYTES + 2

/** Whom a token is for, and for what. */
export interface TokenUse {
  readonly endpoint: Endpoint
  /** 20 bytes: what names whom it is for besides the address; zeros where nothing does. */
  readonly id: Uint8Array
  /** 20 bytes. */
  readonly target: Uint8Array
}

export class TokenIssuer {
  private readonly newSecret: () => Uint8Array
  private secrets: readonly [current: Uint8Array, previous: Uint8Array]
  private changedAt: Millis

  /** `newSecret` gives `SECRET_BYTES` unpredictable bytes at each call. */
  constructor(newSecret: () => Uint8Array, now: Millis) {
    this.newSecret = newSecret
    this.secrets = [newSecret(), newSecret()]
    this.changedAt = now
  }

  /** 8 bytes. */
  issue(use: TokenUse, now: Millis): Uint8Array {
    this.changeSecret(now)
    return tokenOf(this.secrets[0], use)
  }

  isValid(token: Uint8Array, use: TokenUse, now: Millis): boolean {
    this.changeSecret(now)
    if (token.length !== TOKEN_BYTES) return false
    return this.secrets.some((secret) => timingSafeEqual(token, tokenOf(secret, use)))
  }

  private changeSecret(now: Millis): void {
    const periods = Math.floor((now - this.changedAt) / SECRET_LIFE)
    if (periods < 1) return
    this.secrets = [this.newSecret(), periods === 1 ? this.secrets[0] : this.newSecret()]
    this.changedAt += periods * SECRET_LIFE
  }
}

/** What is hashed: one for all, since it is used up before anything else can happen. */
const message = new Uint8Array(HOST_AT + MAX_HOST_LENGTH)

/**
 * The beginning of a hash over the secret and what the token is for. Enough as a keyed hash, since everything in it has a
 * fixed place and only a part of the result is shown; several times as quick as an HMAC, and there is one in each answer.
 */
function tokenOf(secret: Uint8Array, { endpoint, id, target }: TokenUse): Uint8Array {
  const { host, port } = endpoint
  message.set(secret)
  message.set(id, SECRET_BYTES)
  message.set(target, SECRET_BYTES + ID_BYTES)
  message[HOST_AT - 2] = port >> 8
  message[HOST_AT - 1] = port
  // An IP literal: ASCII, and zeros up to the end.
  for (let i = 0; i < MAX_HOST_LENGTH; i++) message[HOST_AT + i] = i < host.length ? host.charCodeAt(i) : 0
  const digest = hash('sha256', message, 'buffer')
  const token = new Uint8Array(TOKEN_BYTES)
  for (let i = 0; i < TOKEN_BYTES; i++) token[i] = digest[i] as number
  return token
}

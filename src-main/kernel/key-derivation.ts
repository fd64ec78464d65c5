/** Keys from passwords, as a port: scrypt (RFC 7914) takes memory and time on purpose, so it does not run on the caller's thread. */

export interface ScryptCost {
  /** Logarithm to base 2 of N: each one more doubles memory and time. */
  readonly log2N: number
  /** Block size: memory is 128 · N · r bytes. */
  readonly r: number
  /** Runs one after the other: time alone. */
  readonly p: number
}

export interface KeyDerivation {
  /** `length` bytes, the caller's to wipe. The caller has checked the cost against its bounds. */
  scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost, length: number): Promise<Uint8Array>
}

/** Bytes of a delivery that enter the checksum: enough to tell frames apart, cheap enough for every delivery. */
const SAMPLE_BYTES = 32

/**
 * A rolling 64-bit sum over everything a simulation delivers (two lanes of FNV-1a by words). Two runs with one seed have
 * the same sum exactly when the same things happened in the same order at the same times. Not cryptographic.
 */
export class Checksum {
  private low = 0x811c9dc5 | 0
  private high = 0x1000193

  fold(word: number): void {
    this.low = Math.imul(this.low ^ word, 0x01000193)
    this.high = Math.imul((this.high ^ (this.low >>> 15)) + word, 0x85ebca6b)
  }

  foldBytes(bytes: Uint8Array): void {
    this.fold(bytes.length)
    const end = Math.min(bytes.length, SAMPLE_BYTES)
    for (let i = 0; i < end; i++) this.low = Math.imul(this.low ^ (bytes[i] as number), 0x01000193)
  }

  /** 16 hexadecimal digits. */
  get value(): string {
    return hex32(this.high) + hex32(this.low)
  }
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

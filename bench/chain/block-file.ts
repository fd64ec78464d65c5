/** Blocks in a file, each with its length in front (4 bytes, little-endian). Paths end in `.blocks`. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

export class BlockFile {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  add(block: Uint8Array): void {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, block.length, true)
    writeSync(this.#file, length)
    writeSync(this.#file, block)
  }

  close(): void {
    closeSync(this.#file)
  }
}

export function readBlocks(path: string): Uint8Array[] {
  const bytes = readFileSync(path)
  const found: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at)
    // Each in memory of its own, as a block from a peer is.
    found.push(new Uint8Array(bytes.subarray(at + 4, end)))
    at = end
  }
  return found
}

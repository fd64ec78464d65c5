/** What every figure needs: the file that is measured with, a folder to work in, how often to measure. */
import { randomFillSync } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { nodeFlags } from '../scripts/node-flags.mjs'

export const MEBIBYTE = 1024 * 1024
/** As mktorrent's `-l 20`: 1 MiB, 1,024 pieces for 1 GiB. */
export const PIECE_LENGTH = MEBIBYTE

export interface Bench {
  /** Everything that is written goes here; it is removed at the end. */
  readonly folder: string
  readonly runs: number
  /** The file that is hashed and sent, in a folder of its own. */
  readonly file: string
  readonly bytes: number
  say(text: string): void
}

export const ROOT = resolve(import.meta.dirname, '..')

/** The built command line, run by the Node that runs this, as `npm run shoal` does. */
export function shoal(...args: readonly string[]): string[] {
  return [process.execPath, ...nodeFlags, join(ROOT, 'out/main/cli.js'), ...args]
}

/** Writes a file of random bytes. */
export function makeFile(path: string, bytes: number): void {
  mkdirSync(resolve(path, '..'), { recursive: true })
  const chunk = Buffer.alloc(MEBIBYTE)
  const file = openSync(path, 'w')
  for (let left = bytes; left > 0; left -= chunk.length) {
    randomFillSync(chunk)
    writeSync(file, chunk, 0, Math.min(left, chunk.length))
  }
  closeSync(file)
}

/** Whether a program is to be had on this machine. */
export function has(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

export const megabytes = (bytes: number): number => bytes / 1e6

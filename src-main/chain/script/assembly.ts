/**
 * Scripts as text, in the notation of Bitcoin Core's test data: names of operations with or without `OP_`, decimal
 * numbers, `0x` bytes as they are, and texts in single quotes pushed.
 */
import { concatBytes, fromHex, utf8 } from '../../kernel/bytes.ts'
import { Opcode } from './opcodes.ts'
import { pushOf } from './script-reader.ts'

const byName: ReadonlyMap<string, number> = new Map(
  Object.entries(Opcode).flatMap(([name, value]): [string, number][] => [
    [name, value],
    [name.slice(3), value],
  ]),
)

/** The script that the text means. @throws RangeError for a word that means nothing */
export function assemble(text: string): Uint8Array {
  return concatBytes(
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(bytesOfWord),
  )
}

function bytesOfWord(word: string): Uint8Array {
  if (/^-?\d+$/.test(word)) return pushOfNumber(BigInt(word))
  if (word.startsWith('0x')) return fromHex(word.slice(2))
  const quoted = /^'(.*)'$/.exec(word)
  if (quoted) return pushOf(utf8(quoted[1] as string))
  const opcode = byName.get(word)
  if (opcode === undefined) throw new RangeError(`no operation is called ${word}`)
  return Uint8Array.of(opcode)
}

function pushOfNumber(value: bigint): Uint8Array {
  if (value === -1n) return Uint8Array.of(Opcode.OP_1NEGATE)
  if (value >= 1n && value <= 16n) return Uint8Array.of(Opcode.OP_1 + Number(value) - 1)
  return pushOf(numberBytes(value))
}

/** As `encodeNumber`, for numbers of any size. */
function numberBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let left = value < 0n ? -value : value; left > 0n; left >>= 8n) bytes.push(Number(left & 0xffn))
  const last = bytes[bytes.length - 1] ?? 0
  if ((last & 0x80) !== 0) bytes.push(value < 0n ? 0x80 : 0)
  else if (value < 0n) bytes[bytes.length - 1] = last | 0x80
  return Uint8Array.from(bytes)
}

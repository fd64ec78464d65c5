/** Text that strangers wrote into the chain, as far as it can be shown: printable characters only, and not many. */
import { Opcode } from '../../script/opcodes.ts'
import { ScriptReader } from '../../script/script-reader.ts'

/** Characters of one text. */
export const MAX_FOREIGN_TEXT = 256
/** Among other bytes, so many printable characters in a row are taken for text. */
const MIN_RUN = 4
/** Letters, marks, numbers, punctuation, symbols and the plain space: no control or direction characters. */
const RUN = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu
const REPLACEMENT = '\ufffd'

/** What can be read in the input script of a coinbase, which need not be a script at all; undefined for nothing. */
export function coinbaseText(scriptSig: Uint8Array): string | undefined {
  const reader = new ScriptReader(scriptSig)
  const parts: Uint8Array[] = []
  let end = 0
  // The byte before a push says how long it is, and may happen to be a letter.
  while (reader.next() && reader.opcode <= Opcode.OP_PUSHDATA4) {
    parts.push(reader.push)
    end = reader.at
  }
  parts.push(scriptSig.subarray(end))
  const runs = parts.flatMap(runsOf).filter((run) => [...run].length >= MIN_RUN)
  return runs.length === 0 ? undefined : bounded(runs.join(' '))
}

/** The data of an OP_RETURN output where all of it is text; undefined otherwise. */
export function dataText(scriptPubKey: Uint8Array): string | undefined {
  if (scriptPubKey[0] !== Opcode.OP_RETURN) return undefined
  const reader = new ScriptReader(scriptPubKey.subarray(1))
  const texts: string[] = []
  while (reader.next()) {
    if (reader.opcode > Opcode.OP_PUSHDATA4) return undefined
    if (reader.push.length === 0) continue
    const [run, ...others] = runsOf(reader.push)
    if (run === undefined || others.length > 0 || Buffer.byteLength(run) !== reader.push.length) return undefined
    texts.push(run)
  }
  return texts.length === 0 ? undefined : bounded(texts.join(' '))
}

function runsOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).replaceAll(REPLACEMENT, '\0')
  return text.match(RUN) ?? []
}

/** Cut between characters, never within one. */
function bounded(text: string): string {
  if (text.length <= MAX_FOREIGN_TEXT) return text
  let cut = ''
  for (const character of text) {
    if (cut.length + character.length >= MAX_FOREIGN_TEXT) break
    cut += character
  }
  return `${cut}…`
}

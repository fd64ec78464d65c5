/**
 * Labels as a text of lines (BIP 329), one JSON object each, so that they outlive a wallet and go from program to program:
 * of transactions, addresses, outputs (with `spendable` for ones that are set aside) and extended keys. What the format has and
 * Shoal has not (keys, inputs, `origin` and other fields) is passed over on the way in and counted where a whole line is.
 */
import { MAX_LABEL_CHARACTERS } from '#shared/contract/wallet.ts'
import { plainText } from '../plain-text.ts'
import type { LabelType } from '../store/label-repository.ts'

export const MAX_LABEL_FILE_CHARACTERS = 16_000_000
/** Also of all labels that a wallet keeps. */
export const MAX_LABELS = 100_000
const MAX_LINE_CHARACTERS = 10_000

export interface LabelLine {
  readonly type: LabelType
  readonly ref: string
  /** Cleaned; empty for none. */
  readonly label: string
  /** Of outputs alone; undefined for not said. */
  readonly spendable?: boolean
}

export interface ReadLabels {
  readonly lines: readonly LabelLine[]
  /** Lines that nothing was taken from. */
  readonly ignored: number
}

/** Forms of `ref`; txids and outpoints as people write them. */
const REFS: Readonly<Record<LabelType, RegExp>> = {
  tx: /^[0-9a-f]{64}$/,
  addr: /^[0-9A-Za-z]{14,100}$/,
  output: /^[0-9a-f]{64}:(0|[1-9]\d{0,9})$/,
  xpub: /^[0-9A-Za-z]{100,120}$/,
}
const MAX_INDEX = 0xffff_ffff

/** A reference as a label of that type names it; undefined where it is none. */
export function labelRef(type: LabelType, ref: string): string | undefined {
  const text = type === 'tx' || type === 'output' ? ref.toLowerCase() : ref
  if (!REFS[type].test(text)) return undefined
  return type === 'output' && Number(text.slice(65)) > MAX_INDEX ? undefined : text
}

/** Bounded by `MAX_LABEL_FILE_CHARACTERS` and `MAX_LABELS`: what is beyond counts as ignored. Never fails. */
export function readLabels(text: string): ReadLabels {
  const lines: LabelLine[] = []
  let ignored = 0
  for (const written of text.slice(0, MAX_LABEL_FILE_CHARACTERS).split('\n')) {
    if (written.trim() === '') continue
    const line = lines.length < MAX_LABELS ? readLine(written) : undefined
    if (line) lines.push(line)
    else ignored++
  }
  return { lines, ignored: ignored + (text.length > MAX_LABEL_FILE_CHARACTERS ? 1 : 0) }
}

/** In the order given; ends with a line feed where there is any. */
export function writeLabels(lines: readonly LabelLine[]): string {
  return lines
    .map(({ type, ref, label, spendable }) =>
      JSON.stringify({ type, ref, ...(label !== '' && { label }), ...(spendable !== undefined && { spendable }) }),
    )
    .map((line) => `${line}\n`)
    .join('')
}

function readLine(written: string): LabelLine | undefined {
  if (written.length > MAX_LINE_CHARACTERS) return undefined
  const fields = jsonObject(written)
  if (fields === undefined) return undefined
  const type = typeOf(fields.type)
  const ref = type && typeof fields.ref === 'string' ? labelRef(type, fields.ref) : undefined
  if (type === undefined || ref === undefined) return undefined
  const label = typeof fields.label === 'string' ? plainText(fields.label, MAX_LABEL_CHARACTERS) : ''
  const spendable = type === 'output' ? spendableOf(fields.spendable) : undefined
  if (label === '' && spendable === undefined) return undefined
  return { type, ref, label, ...(spendable !== undefined && { spendable }) }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function typeOf(value: unknown): LabelType | undefined {
  return value === 'tx' || value === 'addr' || value === 'output' || value === 'xpub' ? value : undefined
}

/** Some programs write it as text. */
function spendableOf(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}

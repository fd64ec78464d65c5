/** What a person types to make a torrent, and what the engine is asked for, as pure functions. */
import type { CreationOptions } from '../../client/types.ts'

export interface CreationForm {
  readonly path: string
  /** One address a line; a blank line begins the next tier. */
  readonly trackers: string
  readonly webSeeds: string
  /** Bytes, or `auto`. */
  readonly pieceLength: string
  readonly private: boolean
  readonly comment: string
  readonly source: string
}

export const EMPTY_FORM: CreationForm = {
  path: '',
  trackers: '',
  webSeeds: '',
  pieceLength: 'auto',
  private: false,
  comment: '',
  source: '',
}

/** Powers of two from 16 KiB to 16 MiB. */
export const PIECE_LENGTHS: readonly number[] = Array.from({ length: 11 }, (_, index) => 2 ** (14 + index))
const MAX_ADDRESSES = 50
const MAX_ADDRESS_LENGTH = 2_048

export type FormProblems = Partial<Record<'path' | 'trackers' | 'webSeeds', string>>

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim())

/** Tiers of announce addresses (BEP 12): a blank line parts them. */
export function parseTiers(text: string): string[][] {
  const tiers: string[][] = [[]]
  for (const line of lines(text)) {
    if (line !== '') tiers.at(-1)?.push(line)
    else if (tiers.at(-1)?.length) tiers.push([])
  }
  return tiers.filter((tier) => tier.length > 0)
}

export function parseAddresses(text: string): string[] {
  return lines(text).filter((line) => line !== '')
}

function addressProblem(addresses: readonly string[], schemes: readonly string[]): string | undefined {
  if (addresses.length > MAX_ADDRESSES) return `There are more than ${MAX_ADDRESSES} addresses. Take some out.`
  const wrong = addresses.find((address) => !isAddress(address, schemes))
  if (wrong === undefined) return undefined
  const shown = wrong.length > 60 ? `${wrong.slice(0, 60)}…` : wrong
  return `“${shown}” is not an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  const url = text.length <= MAX_ADDRESS_LENGTH ? URL.parse(text) : null
  return url !== null && schemes.includes(url.protocol) && url.hostname !== ''
}

/** What is wrong with the form, each as one sentence; empty where the engine can be asked. */
export function problemsOf(form: CreationForm): FormProblems {
  const trackers = addressProblem(parseTiers(form.trackers).flat(), ['http:', 'https:', 'udp:'])
  const webSeeds = addressProblem(parseAddresses(form.webSeeds), ['http:', 'https:'])
  return {
    ...(form.path.trim() === '' ? { path: 'Choose the file or folder to share.' } : {}),
    ...(trackers === undefined ? {} : { trackers }),
    ...(webSeeds === undefined ? {} : { webSeeds }),
  }
}

export function optionsOf(form: CreationForm): CreationOptions {
  return {
    path: form.path.trim(),
    trackers: parseTiers(form.trackers),
    webSeeds: parseAddresses(form.webSeeds),
    ...(form.pieceLength === 'auto' ? {} : { pieceLength: Number(form.pieceLength) }),
    private: form.private,
    comment: form.comment.trim(),
    source: form.source.trim(),
  }
}

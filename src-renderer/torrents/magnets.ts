/** Magnet links within text that a person has pasted, dropped or typed. What a link says is the engine's to judge. */
import { MAX_MAGNET_LENGTH } from '#shared/contract/torrents.ts'

/** As many as can wait to be asked about. */
export const MAX_MAGNETS = 100
/** Longer text is not looked through to its end. */
const MAX_TEXT_LENGTH = 1_000_000

const LINK = /magnet:\?[^\s"'<>`]+/gi
/** Of the sentence around a link, not of the link. */
const TRAILING = /[.,;]+$/

/** The links in the text, each once, in their order; longer ones than may be are left out. */
export function findMagnets(text: string): readonly string[] {
  const links = new Set<string>()
  for (const [match] of text.slice(0, MAX_TEXT_LENGTH).matchAll(LINK)) {
    const link = match.replace(TRAILING, '')
    if (link.length <= MAX_MAGNET_LENGTH) links.add(link)
    if (links.size === MAX_MAGNETS) break
  }
  return [...links]
}

const SHOWN_HEAD = 44
const SHOWN_TAIL = 12

/** What stands for a link until its name is known. */
export function shortMagnet(link: string): string {
  if (link.length <= SHOWN_HEAD + SHOWN_TAIL) return link
  return `${link.slice(0, SHOWN_HEAD)}…${link.slice(-SHOWN_TAIL)}`
}

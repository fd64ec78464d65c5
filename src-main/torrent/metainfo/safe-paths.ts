/**
 * Makes the paths of a torrent safe to write: pure rules over names, without a look at the disk.
 *
 * Invariants: a path made of safe elements stays below its folder on every platform we know; no two files share a path,
 * also where letter case, Unicode form or invisible characters are not told apart; no file stands where another file
 * needs a folder; doing it again changes nothing; a name that needs no change is not changed.
 *
 * On every platform: slashes, backslashes, control characters and bad UTF-8 become `_`; characters that change the
 * direction of text are removed; `.`, `..` and nothing become `_`; an element has at most 240 bytes and keeps a short
 * extension. On Windows alone: the characters and device names that it reserves, and dots and spaces at the end. Elsewhere
 * these are ordinary names; changing them would make a folder that somebody shares from there unreadable to its own
 * torrent. Names that differ in case only are told apart everywhere, since any drive may turn out not to tell them apart,
 * and one file would silently overwrite the other.
 *
 * Limits follow libtorrent's (240 bytes); longer whole paths are the disk's to refuse.
 */
import { strictTextOf, textOf } from '../../kernel/bytes.ts'

export const MAX_ELEMENT_BYTES = 240
/** Elements of one path, the torrent's own folder not counted. */
export const MAX_PATH_DEPTH = 64

/** A name as it stands in a torrent (bytes, hopefully UTF-8) or as text. */
export type RawElement = Uint8Array | string

export interface RawPath {
  readonly elements: readonly RawElement[]
  /** Never written to disk, so it may share its path. */
  readonly padding?: boolean
}

export interface SafePaths {
  /** One for each raw path, in the same order, with as many elements. */
  readonly paths: readonly (readonly string[])[]
  /** Elements that had to be changed; a folder counts once. */
  readonly renamed: number
}

/** One safe path element. */
export function safeElement(raw: RawElement, platform: NodeJS.Platform): string {
  let name = rawText(raw).replace(DIRECTION, '').replace(NOT_IN_NAMES, '_')
  if (platform === 'win32') name = trimForWindows(name.replace(WINDOWS_RESERVED, '_'))
  if (name === '' || name === '.' || name === '..') return '_'
  if (platform === 'win32' && WINDOWS_DEVICE.test(name)) name = `_${name}`
  const cut = cutTo(MAX_ELEMENT_BYTES, name)
  return platform === 'win32' ? trimForWindows(cut) : cut
}

/** Safe paths of all files of a torrent, below the torrent's own folder. */
export function safePaths(files: readonly RawPath[], platform: NodeJS.Platform): SafePaths {
  const changedFolders = new Set<string>()
  const names = new Names()
  let renamed = 0
  const paths = files.map(({ elements, padding }) => {
    const path = elements.map((element) => safeElement(element, platform))
    noteChangedFolders(changedFolders, elements, path)
    if (!padding) names.addFoldersOf(path)
    return path
  })
  const result = paths.map((path, i) => {
    const { elements, padding } = files[i] as RawPath
    if (padding) return path
    const whole = names.take(path)
    if (whole.at(-1) !== rawText(elements.at(-1) as RawElement)) renamed += 1
    return whole
  })
  return { paths: result, renamed: renamed + changedFolders.size }
}

function noteChangedFolders(changed: Set<string>, raw: readonly RawElement[], safe: readonly string[]): void {
  let place = ''
  for (let depth = 0; depth < safe.length - 1; depth++) {
    const text = rawText(raw[depth] as RawElement)
    place += `/${text}`
    if (text !== safe[depth]) changed.add(place)
  }
}

/** What two names share when some disk may take them for the same: case, Unicode form and invisible characters aside. */
export function foldedName(name: string): string {
  if (!/[^ -~]/.test(name)) return name.toLowerCase()
  const plain = name.normalize('NFD').replace(IGNORABLE, '')
  return plain.toUpperCase().toLowerCase().normalize('NFD')
}

/** U+061C, U+200E, U+200F, U+202A-U+202E, U+2066-U+2069: a name could show another extension than it has. */
const DIRECTION = /\p{Bidi_Control}/gu
/** Separators, control characters, line separators, what bad UTF-8 is read as, and halves of characters. */
const NOT_IN_NAMES = /[/\\\p{Cc}\u2028\u2029\ufffd\p{Surrogate}]/gu
const WINDOWS_RESERVED = /[<>:"|?*]/g
/** Also with an extension, and with spaces before it; the superscript digits count as digits. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ ]*(\.|$)/i
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu
/** An extension that is kept when a name is cut: a dot and 1 to 15 bytes. */
const EXTENSION = /\.[^. ]{1,15}$/
const MAX_EXTENSION_BYTES = 16

/** Bad sequences become U+FFFD. Equal to the bytes' text only where they are UTF-8. */
function rawText(raw: RawElement): string {
  if (typeof raw === 'string') return raw
  return strictTextOf(raw) ?? textOf(raw)
}

/** Without the dots and spaces at its end. By hand: a regular expression takes quadratic time on a name of many spaces. */
function trimForWindows(name: string): string {
  let end = name.length
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end -= 1
  return name.slice(0, end)
}

/** At most `limit` bytes of UTF-8, whole characters, a short extension kept. */
function cutTo(limit: number, name: string): string {
  // A UTF-16 unit takes at most 3 bytes.
  if (3 * name.length <= limit || utf8Length(name) <= limit) return name
  const { stem, extension } = split(name)
  return firstBytes(stem, limit - utf8Length(extension)) + extension
}

function split(name: string): { stem: string; extension: string } {
  const found = EXTENSION.exec(name)?.[0] ?? ''
  const extension = found.length < name.length && utf8Length(found) <= MAX_EXTENSION_BYTES ? found : ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}

/** As many whole characters from the start as fit `limit` bytes. */
function firstBytes(text: string, limit: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > limit) break
    end += character.length
  }
  return text.slice(0, end)
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const point = character.codePointAt(0) as number
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return length
}

/** Which places below the torrent's folder are taken, by files and by folders. */
class Names {
  /** The folded place of each folder, by its path. */
  private readonly placeOfFolder = new Map<string, string>()
  private readonly folders = new Set<string>()
  private readonly files = new Set<string>()
  private readonly lastSuffixes = new Map<string, number>()

  addFoldersOf(path: readonly string[]): void {
    const folder = path.slice(0, -1)
    const whole = folder.join('/')
    if (folder.length === 0 || this.placeOfFolder.has(whole)) return
    let place = ''
    for (const element of folder) {
      place += `/${foldedName(element)}`
      this.folders.add(place)
    }
    this.placeOfFolder.set(whole, place)
  }

  /** `path`, its last element given the next free number where a file or folder already has that place: `a (2).txt`. */
  take(path: readonly string[]): readonly string[] {
    const folder = path.slice(0, -1)
    const place = this.placeOfFolder.get(folder.join('/')) ?? ''
    const name = path.at(-1) as string
    const key = `${place}/${foldedName(name)}`
    if (this.isFree(key)) {
      this.files.add(key)
      return path
    }
    return [...folder, this.takeNumbered(place, name)]
  }

  private takeNumbered(place: string, name: string): string {
    const { stem, extension } = split(name)
    const kept = firstBytes(stem, MAX_ELEMENT_BYTES - utf8Length(extension) - MAX_SUFFIX_BYTES)
    // Counting goes on where the last file of that name stopped, so that many equal names are not tried in vain.
    const counter = `${place}/${foldedName(kept + extension)}`
    for (let suffix = (this.lastSuffixes.get(counter) ?? 1) + 1; ; suffix++) {
      const numbered = `${kept} (${suffix})${extension}`
      const key = `${place}/${foldedName(numbered)}`
      if (!this.isFree(key)) continue
      this.lastSuffixes.set(counter, suffix)
      this.files.add(key)
      return numbered
    }
  }

  private isFree(key: string): boolean {
    return !this.folders.has(key) && !this.files.has(key)
  }
}

/** Room for ` (1234567)`. */
const MAX_SUFFIX_BYTES = 10

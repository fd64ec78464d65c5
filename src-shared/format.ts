/**
 * The one place where numbers become words.
 *
 * Sizes and rates are decimal (1 kB = 1,000 bytes), as disks and networks are sold and as file managers of today show
 * them; only piece lengths, which are powers of two, are shown in KiB and MiB. Three significant figures, so that a
 * column of them stays narrow and a live figure does not flicker. English in British form; a missing figure is a dash.
 */

export const NONE = '–'
const LOCALE = 'en-GB'

/** A figure and its unit, apart, so that a view can show the unit lighter. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

const DECIMAL_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

/** Three significant figures below 1,000, no decimals for whole bytes. */
function threeFigures(value: number): string {
  if (value >= 99.95) return value.toFixed(0)
  if (value >= 9.995) return value.toFixed(1)
  return value.toFixed(2)
}

export function bytesQuantity(bytes: number): Quantity {
  let scaled = Math.max(0, bytes)
  let unit = 0
  while (scaled >= 999.5 && unit < DECIMAL_UNITS.length - 1) {
    scaled /= 1000
    unit += 1
  }
  return { value: unit === 0 ? scaled.toFixed(0) : threeFigures(scaled), unit: DECIMAL_UNITS[unit] ?? 'B' }
}

export function formatBytes(bytes: number): string {
  return join(bytesQuantity(bytes))
}

/** Undefined for a rate that rounds to nothing: an idle row shows no figure at all. */
export function rateQuantity(bytesPerSecond: number): Quantity | undefined {
  if (bytesPerSecond < 0.5) return undefined
  const { value, unit } = bytesQuantity(bytesPerSecond)
  return { value, unit: `${unit}/s` }
}

export function formatRate(bytesPerSecond: number): string {
  return join(rateQuantity(bytesPerSecond) ?? { value: '0', unit: 'B/s' })
}

/** A power of two: `256 KiB`, `4 MiB`. */
export function formatPieceLength(bytes: number): string {
  if (bytes >= 1_048_576 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  if (bytes >= 1_024 && bytes % 1_024 === 0) return `${bytes / 1_024} KiB`
  return `${formatCount(bytes)} bytes`
}

/** Per cent of a fraction from 0 to 1. Never `100 %` before it is whole, never `0 %` once it has begun. */
export function formatPercent(fraction: number): string {
  if (fraction >= 1) return '100 %'
  if (fraction <= 0) return '0 %'
  return `${Math.min(99.9, Math.max(0.1, fraction * 100)).toFixed(1)} %`
}

/** The two largest parts of a span of seconds: `3 d 4 h`, `12 min 5 s`. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return NONE
  const whole = Math.round(seconds)
  if (whole >= 100 * 365 * 86_400) return 'over 100 years'
  const parts: readonly [size: number, name: string][] = [
    [365 * 86_400, 'y'],
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]
  const first = parts.findIndex(([size]) => whole >= size)
  if (first === -1) return '0 s'
  const [size, name] = parts[first] ?? [1, 's']
  const [nextSize, nextName] = parts[first + 1] ?? [1, '']
  const rest = Math.floor((whole % size) / nextSize)
  const head = `${Math.floor(whole / size)} ${name}`
  return nextName === '' || rest === 0 ? head : `${head} ${rest} ${nextName}`
}

/**
 * An estimate of seconds left, no finer than it can be known, so that a live figure stands still most of the time:
 * tens of seconds from a minute on, minutes from ten on, five minutes from an hour on, else as `formatDuration`.
 */
export function formatEstimate(seconds: number | undefined): string {
  if (seconds === undefined || seconds < 60 || seconds >= 86_400) return formatDuration(seconds)
  const step = seconds < 600 ? 10 : seconds < 3_600 ? 60 : 300
  return formatDuration(Math.round(seconds / step) * step)
}

/** Sent per byte received; a dash where nothing was received, as for what was made here. */
export function formatRatio(uploaded: number, downloaded: number): string {
  if (downloaded <= 0) return NONE
  const ratio = uploaded / downloaded
  return ratio >= 1_000 ? '>999' : ratio.toFixed(ratio >= 100 ? 0 : 2)
}

/** A whole number. Grouped by hand: the first use of the locale's own rules takes 20 ms, in every start of a command. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 file`, `3,000 files`. */
export function formatPlural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** A time that is over: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function formatAgo(seconds: number): string {
  if (!(seconds >= 1)) return 'now'
  if (seconds < 60) return `${Math.floor(seconds)} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`
  return `${formatCount(Math.floor(seconds / 86_400))} d ago`
}

/** A short span in milliseconds: `38 ms`, `1.24 s`; longer ones as `formatDuration`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.max(0, milliseconds).toFixed(0)} ms`
  if (milliseconds < 59_950) return `${threeFigures(milliseconds / 1_000)} s`
  return formatDuration(milliseconds / 1_000)
}

/** About how many, no finer than an estimate can be: `940`, `12 thousand`, `9.2 million`. */
export function formatAbout(count: number): string {
  if (count < 999.5) return String(Math.round(count))
  if (count < 999_500) return `${shortFigures(count / 1_000)} thousand`
  if (count < 999_500_000) return `${shortFigures(count / 1_000_000)} million`
  return `${shortFigures(count / 1_000_000_000)} thousand million`
}

function shortFigures(value: number): string {
  return value >= 9.95 ? formatCount(Math.round(value)) : value.toFixed(1)
}

/** A moment in Unix milliseconds as date and time. `timeZone` only for tests; else the machine's own. */
export function formatDateTime(unixMs: number | undefined, timeZone?: string): string {
  if (unixMs === undefined || !Number.isFinite(unixMs)) return NONE
  return formatterFor('datetime', timeZone).format(unixMs)
}

export function formatDate(unixMs: number | undefined, timeZone?: string): string {
  if (unixMs === undefined || !Number.isFinite(unixMs)) return NONE
  return formatterFor('date', timeZone).format(unixMs)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterFor(kind: 'date' | 'datetime', timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${kind} ${timeZone ?? ''}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(kind === 'datetime' ? { hour: '2-digit', minute: '2-digit' } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  formatters.set(key, made)
  return made
}

/** Keeps both ends of a long value: `3f2a91…c04d7e`. Whole where it is no longer than `head + tail + 1`. */
export function shortenMiddle(text: string, head: number, tail: number): string {
  const letters = [...text]
  if (letters.length <= head + tail + 1) return text
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - tail).join('')}`
}

function join(quantity: Quantity): string {
  return `${quantity.value} ${quantity.unit}`
}

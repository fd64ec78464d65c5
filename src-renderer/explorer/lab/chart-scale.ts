/** Where figures lie on an axis, and which of them are named on it. */

export interface Scale {
  /** From 0 at the axis's beginning to 1 at its end. */
  place(value: number): number
  readonly ticks: readonly number[]
}

const WANTED_TICKS = 5

/** @param values all that are to lie on it; a linear axis of positive ones begins at 0 where `fromZero` */
export function scaleOf(kind: 'linear' | 'log', values: readonly number[], fromZero: boolean): Scale {
  const known = values.filter((value) => Number.isFinite(value) && (kind === 'linear' || value > 0))
  if (known.length === 0) return linear(0, 1)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  if (kind === 'log') return logarithmic(least, most)
  return linear(fromZero ? Math.min(0, least) : least, fromZero ? Math.max(0, most) : most)
}

function linear(least: number, most: number): Scale {
  const span = most - least || Math.abs(most) || 1
  const step = niceStep(span / (WANTED_TICKS - 1))
  const from = Math.floor(least / step + ROUNDING) * step
  const to = Math.max(from + step, Math.ceil(most / step - ROUNDING) * step)
  const count = Math.round((to - from) / step)
  const ticks = Array.from({ length: count + 1 }, (_, n) => Number((from + n * step).toPrecision(12)))
  return { place: (value) => (value - from) / (to - from), ticks }
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5].find((one) => one * power >= least * (1 - ROUNDING)) ?? 10
  return factor * power
}

const ROUNDING = 1e-9

/** From and to 1, 2 or 5 times a power of ten; where that is many ticks, powers of ten alone. */
function logarithmic(least: number, most: number): Scale {
  const all: number[] = []
  const first = Math.floor(Math.log10(least))
  const last = Math.ceil(Math.log10(most))
  for (let exponent = first; exponent <= last; exponent++)
    for (const factor of [1, 2, 5]) all.push(Number((factor * 10 ** exponent).toPrecision(3)))
  const from = all.filter((tick) => tick <= least * (1 + ROUNDING)).at(-1) ?? least
  const to = all.find((tick) => tick >= most * (1 - ROUNDING) && tick > from) ?? most
  const within = all.filter((tick) => tick >= from && tick <= to)
  const tens = within.filter((tick) => Math.abs(Math.log10(tick) % 1) < ROUNDING)
  const ticks = within.length > 2 * WANTED_TICKS && tens.length >= 2 ? tens : within
  const width = Math.log(to / from)
  // What is not positive lies at the beginning: the axis has no place for it.
  return { place: (value) => (value > 0 ? Math.max(0, Math.log(value / from) / width) : 0), ticks }
}

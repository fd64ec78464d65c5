/** Every pair of text and ground that the window uses has a contrast of at least 4.5:1, in both themes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../../src-renderer/app/theme.css', import.meta.url), 'utf8')

type Theme = 'light' | 'dark'

/** Tokens of one block: `--name: light-dark(#light, #dark)`. */
function tokens(block: string): Map<string, Record<Theme, string>> {
  const found = new Map<string, Record<Theme, string>>()
  for (const [, name, light, dark] of block.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)) {
    if (name && light && dark) found.set(name, { light, dark })
  }
  return found
}

const highContrastAt = css.indexOf('@media (prefers-contrast: more)')
const base = tokens(css.slice(0, highContrastAt))
const highContrast = new Map([...base, ...tokens(css.slice(highContrastAt, css.indexOf('@theme inline')))])

/** Relative luminance by WCAG 2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['canvas', 'surface', 'sunken', 'raised', 'hover', 'selected']
const inks = ['text', 'muted', 'faint', 'accent-text', 'positive', 'warning', 'danger', 'info']
const pairs: [ink: string, ground: string][] = [
  ...grounds.flatMap((ground) => inks.map((ink): [string, string] => [ink, ground])),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-accent', 'danger-fill'],
  ['code-ink', 'code-ground'],
  ...['positive', 'warning', 'danger', 'info'].flatMap((name): [string, string][] => [
    [name, `${name}-soft`],
    ['text', `${name}-soft`],
    ['muted', `${name}-soft`],
  ]),
]

const sets = [
  ['usual', base],
  ['high', highContrast],
] as const

describe.each(sets)('%s contrast', (_, set) => {
  for (const theme of ['light', 'dark'] as const) {
    test.each(pairs)(`${theme}: %s on %s reads at 4.5:1`, (ink, ground) => {
      const [a, b] = [set.get(ink), set.get(ground)]
      if (!a || !b) throw new Error(`no token for ${ink} or ${ground}`)
      expect(contrast(a[theme], b[theme])).toBeGreaterThanOrEqual(4.5)
    })

    test.each(['surface', 'raised', 'canvas', 'sunken'])(
      `${theme}: edges of controls and focus show on %s at 3:1`,
      (ground) => {
        for (const edge of ['line-control', 'focus', 'fill', 'fill-positive']) {
          const [a, b] = [set.get(edge), set.get(ground)]
          if (!a || !b) throw new Error(`no token for ${edge} or ${ground}`)
          expect(contrast(a[theme], b[theme]), edge).toBeGreaterThanOrEqual(3)
        }
      },
    )
  }
})

import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, utf8 } from '../../kernel/bytes.ts'
import { foldedName, MAX_ELEMENT_BYTES, type RawElement, safeElement, safePaths } from './safe-paths.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const platforms = ['linux', 'darwin', 'win32'] as const

describe('safeElement, on every platform', () => {
  const everywhere: readonly (readonly [RawElement, string])[] = [
    ['..', '_'],
    ['.', '_'],
    ['', '_'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['..\\..\\boot.ini', '.._.._boot.ini'],
    ['/etc/passwd', '_etc_passwd'],
    ['C\\x', 'C_x'],
    ['a\0b\nc\x7fd\x85e', 'a_b_c_d_e'],
    ['\u202efdp.exe', 'fdp.exe'],
    ['\u200e\u200f\u202a\u202b\u202c\u202d\u2066\u2069\u061c', '_'],
    ['.\u202e.', '_'],
    ['line\u2028and\u2029paragraph', 'line_and_paragraph'],
    [fromHex('61ff62'), 'a_b'],
    [fromHex('c0ae'), '__'],
    [fromHex('edb080'), '___'],
    ['\ud800', '_'],
  ]
  test.each(everywhere)('%j becomes %j', (raw, safe) => {
    for (const platform of platforms) expect(safeElement(raw, platform)).toBe(safe)
  })

  test.each([
    'a',
    '.hidden',
    '..a',
    'a..b',
    'Grüße, 世界 🐟.txt',
    '~',
    "it's (1) [2] {3} #4 & 5%.tar.gz",
    'e\u0301',
    '👩\u200d👩\u200d👧.png',
    'a'.repeat(MAX_ELEMENT_BYTES),
    'console',
    'com10',
    'nulls.txt',
  ])('%j is left as it is', (name) => {
    for (const platform of platforms) expect(safeElement(utf8(name), platform)).toBe(name)
  })

  test('cuts to 240 bytes between characters and keeps a short extension', () => {
    expect(safeElement(`${'a'.repeat(300)}.torrent`, 'linux')).toBe(`${'a'.repeat(232)}.torrent`)
    expect(safeElement('ä'.repeat(300), 'linux')).toBe('ä'.repeat(120))
    expect(safeElement(`${'🐟'.repeat(70)}.mkv`, 'linux')).toBe(`${'🐟'.repeat(59)}.mkv`)
    expect(safeElement(`a.${'b'.repeat(300)}`, 'linux')).toBe(`a.${'b'.repeat(238)}`)
    expect(utf8(safeElement('x'.repeat(1_000_000), 'linux'))).toHaveLength(MAX_ELEMENT_BYTES)
  })
})

describe('safeElement, on Windows alone', () => {
  test.each([
    ['a<b>c:d"e|f?g*', 'a_b_c_d_e_f_g_'],
    ['name. . ', 'name'],
    ['...', '_'],
    [' ', '_'],
    ['con', '_con'],
    ['AUX.h', '_AUX.h'],
    ['nul .txt', '_nul .txt'],
    ['COM1', '_COM1'],
    ['lpt².log', '_lpt².log'],
    ['con. ', '_con'],
    [`${'a'.repeat(239)} b`, 'a'.repeat(239)],
  ])('%j becomes %j', (raw, safe) => {
    expect(safeElement(raw, 'win32')).toBe(safe)
    expect(safeElement(safe, 'win32')).toBe(safe)
  })

  test('elsewhere such names stay, so that what was shared from there is found again', () => {
    for (const name of ['What?.mp3', 'a:b', 'aux.c', 'dots...', ' ', '...'])
      expect(safeElement(name, 'linux')).toBe(name)
  })
})

const named = (...paths: string[]) => paths.map((path) => ({ elements: path.split('/') }))
const joined = (files: ReturnType<typeof named>) => {
  const { paths, renamed } = safePaths(files, 'linux')
  return [...paths.map((path) => path.join('/')), renamed]
}

test('a name of a million spaces or dots is read in one pass', () => {
  const name = ' .'.repeat(500_000)
  expect(safeElement(`${name}x`, 'win32')).toBe(`${name.slice(0, 238)}.x`)
  expect(safeElement(name, 'win32')).toBe('_')
})

describe('safePaths', () => {
  test('numbers equal names in order of the files', () => {
    expect(joined(named('a.txt', 'a.txt', 'A.TXT', 'a (2).txt', 'b/a.txt'))).toEqual([
      'a.txt',
      'a (2).txt',
      'A (3).TXT',
      'a (2) (2).txt',
      'b/a.txt',
      3,
    ])
  })

  test('tells apart what some disks do not: case, Unicode form, ß, invisible characters', () => {
    expect(joined(named('é', 'e\u0301', 'STRASSE', 'straße', 'a\u200db', 'ab'))).toEqual([
      'é',
      'e\u0301 (2)',
      'STRASSE',
      'straße (2)',
      'a\u200db',
      'ab (2)',
      3,
    ])
    expect(joined(named('Dir/x', 'dir/X', 'dir/y'))).toEqual(['Dir/x', 'dir/X (2)', 'dir/y', 1])
  })

  test('a file gives way to a folder, wherever it stands in the list', () => {
    expect(joined(named('a', 'a/b', 'A/b/c'))).toEqual(['a (2)', 'a/b (2)', 'A/b/c', 2])
    expect(joined(named('a/b', 'a'))).toEqual(['a/b', 'a (2)', 1])
  })

  test('a folder that had to be changed counts once', () => {
    expect(joined([{ elements: ['..', 'a'] }, { elements: ['..', 'b'] }, { elements: ['.', '..', 'a'] }])).toEqual([
      '_/a',
      '_/b',
      '_/_/a',
      3,
    ])
  })

  test('pad files may share a path and push nobody aside', () => {
    const pad = { elements: ['.pad', '100'], padding: true }
    const { paths, renamed } = safePaths([pad, pad, { elements: ['.pad'] }], 'linux')
    expect(paths.map((path) => path.join('/'))).toEqual(['.pad/100', '.pad/100', '.pad'])
    expect(renamed).toBe(0)
  })

  test('a numbered name still has at most 240 bytes', () => {
    const long = `${'ä'.repeat(118)}.txt`
    const { paths } = safePaths(named(long, long), 'linux')
    expect(paths[1]?.[0]).toBe(`${'ä'.repeat(113)} (2).txt`)
  })

  test('20,000 equal names, and as many that are cut to one, are numbered without trying each in vain', () => {
    const equal = safePaths(named(...new Array<string>(20_000).fill('x')), 'linux')
    expect(equal.paths.at(-1)).toEqual(['x (20000)'])
    const cut = Array.from({ length: 20_000 }, (_, i) => `${'y'.repeat(300)}${i}`)
    expect(new Set(safePaths(named(...cut), 'linux').paths.map(String)).size).toBe(20_000)
  })
})

describe('invariants, with hostile names', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '/', '\\', '\0', 'a', 'A', 'ä', 'a\u0308', 'ß', 'ss', ' ', ':', 'con', '.txt', ' (2)'),
    fc.constantFrom('\u202e', '\u200d', '\ud800', '🐟', 'x'.repeat(120), 'NUL', 'com1', '*'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  const element: fc.Arbitrary<RawElement> = fc.oneof(
    { weight: 4, arbitrary: fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
  )
  const files = fc.array(
    fc.record({ elements: fc.array(element, { minLength: 1, maxLength: 4 }), padding: fc.constant(false) }),
    { maxLength: 12 },
  )

  test.each(platforms)('on %s', (platform) => {
    const { join, sep } = platform === 'win32' ? win32 : posix
    const root = platform === 'win32' ? 'C:\\downloads\\torrent' : '/downloads/torrent'
    fc.assert(
      fc.property(files, (raw) => {
        const { paths, renamed } = safePaths(raw, platform)
        for (const [i, path] of paths.entries()) {
          expect(path).toHaveLength(raw[i]?.elements.length ?? 0)
          expect(join(root, ...path)).toBe([root, ...path].join(sep))
          for (const name of path) {
            expect(/[/\\\0]/.test(name)).toBe(false)
            expect(utf8(name).length).toBeLessThanOrEqual(MAX_ELEMENT_BYTES)
            if (platform === 'win32') expect(name).toMatch(/[^. ]$/)
          }
        }
        const places = paths.map((path) => path.map(foldedName))
        const whole = new Set(places.map((path) => path.join('/')))
        expect(whole.size).toBe(paths.length)
        for (const place of places) {
          for (let depth = 1; depth < place.length; depth++) {
            expect(whole.has(place.slice(0, depth).join('/'))).toBe(false)
          }
        }
        const again = safePaths(
          paths.map((elements) => ({ elements })),
          platform,
        )
        expect(again).toEqual({ paths, renamed: 0 })
        const unchanged = paths.every((path, i) => path.every((name, at) => name === raw[i]?.elements[at]))
        if (unchanged) expect(renamed).toBe(0)
      }),
      { seed: 21, numRuns: runs },
    )
  })
})

import { describe, expect, test } from 'vitest'
import {
  bytesQuantity,
  formatAbout,
  formatAgo,
  formatBytes,
  formatCount,
  formatDate,
  formatDateTime,
  formatDuration,
  formatEstimate,
  formatMilliseconds,
  formatPercent,
  formatPieceLength,
  formatPlural,
  formatRate,
  formatRatio,
  rateQuantity,
  shortenMiddle,
} from './format.ts'

describe('sizes and rates', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [1_234, '1.23 kB'],
    [9_995, '10.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [4_700_000_000, '4.70 GB'],
    [2 ** 53, '9.01 PB'],
    [-5, '0 B'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  test('a quantity keeps its unit apart', () => {
    expect(bytesQuantity(1_500_000)).toEqual({ value: '1.50', unit: 'MB' })
    expect(rateQuantity(1_500_000)).toEqual({ value: '1.50', unit: 'MB/s' })
  })

  test('an idle rate is no figure in a row and nought in the status bar', () => {
    expect(rateQuantity(0.4)).toBeUndefined()
    expect(formatRate(0)).toBe('0 B/s')
  })

  test('piece lengths are binary', () => {
    expect(formatPieceLength(16_384)).toBe('16 KiB')
    expect(formatPieceLength(4_194_304)).toBe('4 MiB')
    expect(formatPieceLength(1_572_864)).toBe('1536 KiB')
    expect(formatPieceLength(100_001)).toBe('100,001 bytes')
  })
})

test.each([
  [0, '0 %'],
  [0.000_01, '0.1 %'],
  [0.5, '50.0 %'],
  [0.999_99, '99.9 %'],
  [1, '100 %'],
])('the fraction %d is %s', (fraction, text) => expect(formatPercent(fraction)).toBe(text))

test.each([
  [undefined, '–'],
  [Number.POSITIVE_INFINITY, '–'],
  [-1, '–'],
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [125, '2 min 5 s'],
  [3_600, '1 h'],
  [7_384, '2 h 3 min'],
  [90_000, '1 d 1 h'],
  [400 * 86_400, '1 y 35 d'],
  [1e12, 'over 100 years'],
])('%s seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

test.each([
  [undefined, '–'],
  [7.4, '7 s'],
  [59.4, '59 s'],
  [64, '1 min'],
  [597, '10 min'],
  [1_079, '18 min'],
  [3_580, '1 h'],
  [14_500, '4 h'],
  [14_600, '4 h 5 min'],
  [90_000, '1 d 1 h'],
])('an estimate of %s seconds is %s', (seconds, text) => expect(formatEstimate(seconds)).toBe(text))

test('ratios', () => {
  expect(formatRatio(100, 0)).toBe('–')
  expect(formatRatio(150, 100)).toBe('1.50')
  expect(formatRatio(12_345, 100)).toBe('123')
  expect(formatRatio(1e9, 1)).toBe('>999')
})

test('counts and plurals', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatPlural(1, 'file')).toBe('1 file')
  expect(formatPlural(3_000, 'file')).toBe('3,000 files')
  expect(formatPlural(2, 'entry', 'entries')).toBe('2 entries')
})

test.each([
  [-5, 'now'],
  [0.9, 'now'],
  [1, '1 s ago'],
  [59.9, '59 s ago'],
  [60, '1 min ago'],
  [3_600, '1 h ago'],
  [172_799, '47 h ago'],
  [172_800, '2 d ago'],
])('%s seconds over is %s', (seconds, text) => expect(formatAgo(seconds)).toBe(text))

test.each([
  [0, '0 ms'],
  [38.4, '38 ms'],
  [999.6, '1.00 s'],
  [1_240, '1.24 s'],
  [59_940, '59.9 s'],
  [75_000, '1 min 15 s'],
])('%s milliseconds are %s', (milliseconds, text) => expect(formatMilliseconds(milliseconds)).toBe(text))

test.each([
  [0, '0'],
  [940, '940'],
  [1_234, '1.2 thousand'],
  [12_345, '12 thousand'],
  [999_400, '999 thousand'],
  [9_234_000, '9.2 million'],
  [2_100_000_000, '2.1 thousand million'],
])('about %s is %s', (count, text) => expect(formatAbout(count)).toBe(text))

test('dates', () => {
  const moment = Date.UTC(2026, 10, 22, 9, 5)
  expect(formatDateTime(moment, 'UTC')).toBe('22 Nov 2026, 09:05')
  expect(formatDate(moment, 'UTC')).toBe('22 Nov 2026')
  expect(formatDate(undefined)).toBe('–')
})

test('a long value keeps both ends, a short one is whole, and no letter is cut in two', () => {
  expect(shortenMiddle('0123456789', 3, 3)).toBe('012…789')
  expect(shortenMiddle('0123456', 3, 3)).toBe('0123456')
  expect(shortenMiddle('🐟🐠🐡🦈🐙', 1, 1)).toBe('🐟…🐙')
})

import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { destinationOf, scriptOf, witnessProgramOf } from './output-script.ts'

const hash = '11'.repeat(20)
const long = '22'.repeat(32)

describe('scripts with an address', () => {
  test.each([
    ['p2pkh', `76a914${hash}88ac`],
    ['p2sh', `a914${hash}87`],
    ['p2wpkh', `0014${hash}`],
    ['p2wsh', `0020${long}`],
    ['witness', `5120${long}`],
    ['witness', '60020102'],
    ['witness', '51024e73'],
  ])('%s', (type, hex) => {
    const destination = destinationOf(fromHex(hex))
    expect(destination?.type).toBe(type)
    expect(destination && toHex(scriptOf(destination))).toBe(hex)
  })
})

describe('scripts without', () => {
  test.each([
    ['nothing', ''],
    ['data', `6a14${hash}`],
    ['a bare key', `21${'02'.repeat(33)}ac`],
    ['a byte too few', `76a914${hash}88`],
    ['a byte too many', `76a914${hash}88ac00`],
    ['another opcode at the end', `76a914${hash}88ad`],
    ['another push', `76a915${hash}88ac`],
    ['pay to script hash of 19 bytes', `a913${hash.slice(2)}87`],
    ['version 0 with another length', `0015${hash}00`],
  ])('%s', (_, hex) => expect(destinationOf(fromHex(hex))).toBeUndefined())

  test.each(
    vectorJson<{ invalid: { fromOutputScript: { script: string; description?: string }[] } }>('bitcoinjs/address.json')
      .invalid.fromOutputScript,
  )("bitcoinjs-lib's $script", ({ script, description }) => {
    const code: Readonly<Record<string, string>> = {
      OP_0: '00',
      OP_1: '51',
      OP_2: '52',
      OP_TRUE: '51',
      OP_RETURN: '6a',
    }
    const opcodes: Readonly<Record<string, string>> = { ...code, OP_CHECKSIG: 'ac', OP_CHECKMULTISIG: 'ae' }
    const push = (data: string) => (data.length / 2).toString(16).padStart(2, '0') + data
    const hex = script
      .split(' ')
      .map((word) => opcodes[word] ?? push(word))
      .join('')
    // That it is no point of the curve is taproot's rule, and taproot is anybody's here.
    if (description) expect(destinationOf(fromHex(hex))?.type).toBe('witness')
    else expect(destinationOf(fromHex(hex))).toBeUndefined()
  })
})

describe('witness programs', () => {
  test.each([
    ['51', undefined],
    ['510101', undefined],
    ['51020101', 1],
    [`0028${'01'.repeat(40)}`, 0],
    [`5129${'01'.repeat(41)}`, undefined],
    ['50020101', undefined],
    ['61020101', undefined],
    ['60020101', 16],
    ['51030101', undefined],
    ['514c020101', undefined],
  ])('%s has version %s', (hex, version) => expect(witnessProgramOf(fromHex(hex))?.version).toBe(version))
})

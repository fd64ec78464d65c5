import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_LABELS, readLabels, writeLabels } from './bip329.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 300
const TXID = 'f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd'
const ADDRESS = 'bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c'
const XPUB =
  'xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8'

/** The lines that BIP 329 gives as its example, keys of the format that Shoal has and those that it has not. */
const EXAMPLE = [
  `{ "type": "tx", "ref": "${TXID}", "label": "Transaction", "origin": "wpkh([d34db33f/84'/0'/0'])" }`,
  `{ "type": "addr", "ref": "${ADDRESS}", "label": "Address" }`,
  '{ "type": "pubkey", "ref": "0283409659355b6d1cc3c32decd5d561abaac86c37a353b52895a5e6c196d6f448", "label": "Public Key" }',
  `{ "type": "input", "ref": "${TXID}:0", "label": "Input" }`,
  `{ "type": "output", "ref": "${TXID}:1", "label": "Output", "spendable": false }`,
  `{ "type": "xpub", "ref": "${XPUB}", "label": "Extended Public Key" }`,
].join('\n')

describe('labels of BIP 329', () => {
  test("the specification's example is read; public keys and inputs are counted and left out", () => {
    expect(readLabels(EXAMPLE)).toEqual({
      lines: [
        { type: 'tx', ref: TXID, label: 'Transaction' },
        { type: 'addr', ref: ADDRESS, label: 'Address' },
        { type: 'output', ref: `${TXID}:1`, label: 'Output', spendable: false },
        { type: 'xpub', ref: XPUB, label: 'Extended Public Key' },
      ],
      ignored: 2,
    })
  })

  test('what was read is written and read again', () => {
    const { lines } = readLabels(EXAMPLE)
    expect(readLabels(writeLabels(lines))).toEqual({ lines, ignored: 0 })
    expect(writeLabels(lines).split('\n')).toHaveLength(5)
    expect(writeLabels([])).toBe('')
  })

  test.each([
    ['no JSON', '{"type":"tx"'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['no type', `{"ref":"${TXID}","label":"a"}`],
    ['a type of a later day', `{"type":"psbt","ref":"${TXID}","label":"a"}`],
    ['a reference that is none', '{"type":"tx","ref":"abc","label":"a"}'],
    ['an index that no output has', `{"type":"output","ref":"${TXID}:4294967296","label":"a"}`],
    ['an index written in another way', `{"type":"output","ref":"${TXID}:01","label":"a"}`],
    ['a label that is no text', `{"type":"tx","ref":"${TXID}","label":5}`],
    ['nothing to say', `{"type":"tx","ref":"${TXID}"}`],
    ['a line without end', `{"type":"tx","ref":"${TXID}","label":"${'a'.repeat(20_000)}"}`],
    ['__proto__', `{"__proto__":{"type":"tx"},"ref":"${TXID}","label":"a"}`],
  ])('%s counts as ignored', (_, line) => {
    expect(readLabels(`${line}\n\n`)).toEqual({ lines: [], ignored: 1 })
  })

  test('whether an output may be spent is read as truth and as text; elsewhere it says nothing', () => {
    const line = (type: string, spendable: string) => `{"type":"${type}","ref":"${TXID}:0","spendable":${spendable}}`
    expect(readLabels(line('output', '"false"')).lines).toEqual([
      { type: 'output', ref: `${TXID}:0`, label: '', spendable: false },
    ])
    expect(readLabels(line('output', 'true')).lines[0]?.spendable).toBe(true)
    expect(readLabels(line('tx', 'false')).ignored).toBe(1)
  })

  test('labels are text in one line, without what is not seen', () => {
    const label = 'a\u202eb\u0000\nc'
    expect(readLabels(JSON.stringify({ type: 'tx', ref: TXID, label })).lines[0]?.label).toBe('ab c')
  })

  test(`more than ${MAX_LABELS} lines are counted and not kept`, () => {
    const line = `{"type":"tx","ref":"${TXID}","label":"a"}\n`
    const { lines, ignored } = readLabels(line.repeat(MAX_LABELS + 5))
    expect([lines.length, ignored]).toEqual([MAX_LABELS, 5])
  })

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string(), fc.constantFrom(...EXAMPLE.split('\n')))), (lines) => {
        const read = readLabels(lines.join('\n'))
        expect(readLabels(writeLabels(read.lines))).toEqual({ lines: read.lines, ignored: 0 })
      }),
      { seed: 329, numRuns },
    )
  })
})

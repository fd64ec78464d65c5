import { describe, expect, test } from 'vitest'
import { functionLengths } from './function-lengths.ts'
import { MAX_FILE_LINES, MAX_FUNCTION_LINES, USUAL_FILE_LINES } from './import-table.ts'
import { sources } from './sources.ts'

const product = sources().filter((source) => !source.test)

/** Files between the usual and the largest size, each with the reason why it is one idea. */
const large: Readonly<Record<string, string>> = {
  'src-main/torrent/swarm/picker.ts': 'one invariant over pieces and requests: its transitions are read together',
  'src-main/torrent/swarm/swarm.ts': 'where the parts of a torrent meet: it only routes, each method to one of them',
  'src-main/engine/torrents/torrent-session.ts': 'one state machine: its transitions are read together',
  'src-main/chain/node/full-chain.ts': 'one life, from opening to closing: its transitions are read together',
  'src-main/chain/state/chainstate.ts':
    'where the parts of the chain meet: it only hands on, each method to one of them',
  'src-main/chord/member.ts': 'one state machine: its transitions are read together',
  'src-main/kademlia/routing-table.ts':
    'one invariant over all buckets: everything that changes an entry is read together',
}

describe('size', () => {
  test('the measure of functions sees functions, methods and arrows', () => {
    const text =
      'export function a(\n  b: number,\n) {\n  b\n}\nclass C {\n  async d() {\n    e()\n  }\n}\nconst f = () => {\n  g()\n}\n'
    expect(functionLengths('a.ts', text)).toEqual([
      { line: 1, lines: 5 },
      { line: 7, lines: 3 },
      { line: 11, lines: 3 },
    ])
  })

  test(`no file is over ${MAX_FILE_LINES} lines, and one over ${USUAL_FILE_LINES} says why`, () => {
    const tooLong = product
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > MAX_FILE_LINES || (lines > USUAL_FILE_LINES && !large[path]))
    expect(tooLong).toEqual([])
  })

  test(`no function is over ${MAX_FUNCTION_LINES} lines`, () => {
    const tooLong = product
      .flatMap(({ path, text }) =>
        functionLengths(path, text).map((f) => ({ at: `${path}:${f.line}`, lines: f.lines })),
      )
      .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    expect(tooLong).toEqual([])
  })
})

describe('nothing left lying about', () => {
  test('no stray notes to ourselves', () => {
    const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)
    expect(
      sources('src-main', 'src-shared', 'src-preload', 'src-renderer', 'test', 'bench')
        .filter(({ text }) => words.test(text))
        .map(({ path }) => path),
    ).toEqual([])
  })

  test('no skipped or focused tests', () => {
    const marks = new RegExp(`\\b(it|test|describe)\\.(${['skip', 'todo', 'only'].join('|')})\\b`)
    expect(
      sources('src-main', 'src-shared', 'src-renderer', 'test')
        .filter(({ text }) => marks.test(text))
        .map(({ path }) => path),
    ).toEqual([])
  })
})

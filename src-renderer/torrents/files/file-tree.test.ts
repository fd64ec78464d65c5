import { describe, expect, test } from 'vitest'
import { buildTree, checkedOf, closedAtFirst, OTHERS_KEY, openNodes, toggleNode } from './file-tree.ts'
import { stepOf } from './tree-keys.ts'

const FILES = [
  { path: 'b/10.txt', size: 10 },
  { path: 'b/9.txt', size: 9 },
  { path: 'readme', size: 1 },
  { path: 'b/a/x', size: 5 },
]
const nodes = buildTree(FILES)
const named = (name: string) => {
  const node = nodes.find((one) => one.name === name)
  if (!node) throw new Error(`no ${name}`)
  return node
}

describe('the tree of the files', () => {
  test('folders first, names as people count, each with its size and its files', () => {
    expect(nodes.map(({ name, depth, size, files }) => [name, depth, size, files])).toEqual([
      ['b', 0, 24, [3, 1, 0]],
      ['a', 1, 5, [3]],
      ['x', 2, 5, [3]],
      ['9.txt', 1, 9, [1]],
      ['10.txt', 1, 10, [0]],
      ['readme', 0, 1, [2]],
    ])
    expect(nodes.map(({ place, siblings }) => `${place}/${siblings}`)).toEqual([
      '1/2',
      '1/3',
      '1/1',
      '2/3',
      '3/3',
      '2/2',
    ])
  })

  test('keys are unique, though a file may be named as a folder or twice', () => {
    const keys = buildTree([
      { path: 'a', size: 1 },
      { path: 'a', size: 1 },
      { path: 'a/a', size: 1 },
    ]).map(({ key }) => key)
    expect(new Set(keys).size).toBe(4)
  })

  test('files that are not listed are one entry at the end', () => {
    const last = buildTree(FILES, 7, 300).at(-1)
    expect(last).toMatchObject({
      key: OTHERS_KEY,
      name: '3 more files',
      size: 300,
      files: [4, 5, 6],
      place: 3,
      siblings: 3,
    })
  })

  test('a closed folder hides what is in it, and no more', () => {
    const shown = (...closed: string[]) => openNodes(nodes, new Set(closed)).map(({ name }) => name)
    expect(shown('b')).toEqual(['b', 'readme'])
    expect(shown('b/a')).toEqual(['b', 'a', '9.txt', '10.txt', 'readme'])
  })

  test('few entries are all shown at first; of many, folders are closed but for one that holds everything', () => {
    expect(closedAtFirst(nodes).size).toBe(0)
    const many = Array.from({ length: 2_000 }, (_, n) => ({ path: `all/part ${n % 40}/${n}`, size: 1 }))
    const tree = buildTree(many)
    const shown = openNodes(tree, closedAtFirst(tree))
    expect(shown).toHaveLength(41)
    expect(shown.slice(0, 3).map(({ name }) => name)).toEqual(['all', 'part 0', 'part 1'])
  })
})

describe('what is wanted', () => {
  test('a folder is whole, partly or not wanted', () => {
    expect(checkedOf(named('b'), new Set([0, 1, 3]))).toBe('all')
    expect(checkedOf(named('b'), new Set([0, 2]))).toBe('some')
    expect(checkedOf(named('b'), new Set([2]))).toBe('none')
  })

  test('a press takes all of it, or leaves all where all was taken', () => {
    expect([...toggleNode(new Set([2, 0]), named('b'))].sort()).toEqual([0, 1, 2, 3])
    expect([...toggleNode(new Set([0, 1, 2, 3]), named('b'))]).toEqual([2])
    expect([...toggleNode(new Set(), named('readme'))]).toEqual([2])
  })
})

describe('keys', () => {
  const none = new Set<string>()
  const press = (key: string, active: string | undefined, closed: ReadonlySet<string> = none) =>
    stepOf(key, openNodes(nodes, closed), active, closed, 2)

  test.each([
    ['ArrowDown', 'b', 'b/a'],
    ['ArrowUp', 'b/a', 'b'],
    ['ArrowRight', 'b', 'b/a'],
    ['ArrowLeft', 'b/9.txt#1', 'b'],
    ['Home', 'readme#2', 'b'],
    ['End', 'b', 'readme#2'],
    ['PageDown', 'b', 'b/a/x#3'],
    ['PageUp', 'b/a', 'b'],
    ['ArrowDown', undefined, 'b'],
  ])('%s from %s goes to %s', (key, from, to) => expect(press(key, from)).toEqual({ kind: 'go', key: to }))

  test('the arrows close and open a folder, the space bar takes what it stands on', () => {
    expect(press('ArrowLeft', 'b')).toEqual({ kind: 'close', key: 'b' })
    expect(press('ArrowRight', 'b', new Set(['b']))).toEqual({ kind: 'open', key: 'b' })
    expect(press(' ', 'b')).toEqual({ kind: 'toggle', node: named('b') })
  })

  test.each([
    ['ArrowUp', 'b'],
    ['ArrowDown', 'readme#2'],
    ['ArrowLeft', 'readme#2'],
    ['ArrowRight', 'readme#2'],
    ['x', 'b'],
  ])('%s on %s does nothing', (key, from) => expect(press(key, from)).toBeUndefined())
})

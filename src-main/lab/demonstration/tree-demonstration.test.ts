/** Kademlia's example with ids of four bits: node 2's buckets, and its lookup of 13 by way of 14. */
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { SmallTree, TREE_NODES, TREE_PLACES } from './small-tree.ts'
import { STEP_TIME, TreeDemonstration } from './tree-demonstration.ts'

describe('the buckets of node 2', () => {
  test('are by distance, the farthest first; what does not fit waits', () => {
    expect(new SmallTree().buckets(2)).toEqual([
      { prefix: '1***', nearest: 8, farthest: 15, contacts: [14, 9], spares: [11, 13] },
      { prefix: '01**', nearest: 4, farthest: 7, contacts: [4, 6], spares: [] },
      { prefix: '000*', nearest: 2, farthest: 3, contacts: [1], spares: [] },
      { prefix: '0011', nearest: 1, farthest: 1, contacts: [3], spares: [] },
    ])
  })

  test('of every node hold each at its distance', () => {
    const tree = new SmallTree()
    for (const id of tree.nodes) {
      for (const { nearest, farthest, contacts, spares, prefix } of tree.buckets(id)) {
        for (const other of [...contacts, ...spares]) {
          expect(other ^ id).toBeGreaterThanOrEqual(nearest)
          expect(other ^ id).toBeLessThanOrEqual(farthest)
          expect(other.toString(2).padStart(4, '0').startsWith(prefix.replaceAll('*', ''))).toBe(true)
        }
      }
    }
  })
})

describe('lookups', () => {
  test('2 finds 13 by way of 14', () => {
    expect(new SmallTree().lookUp(2, 13)).toEqual({
      ...{ known: [14, 9], path: [14, 13], nearest: 13 },
      steps: [
        { asked: 14, distance: 3, named: [13, 9], nearest: [13, 14] },
        { asked: 13, distance: 0, named: [14, 9], nearest: [13, 14] },
      ],
    })
  })

  test('of every place from every node find the nearest of all others', () => {
    const tree = new SmallTree()
    for (const from of TREE_NODES) {
      for (let target = 0; target < TREE_PLACES; target++) {
        const others = TREE_NODES.filter((id) => id !== from)
        const [nearest] = others.sort((a, b) => (a ^ target) - (b ^ target))
        expect([from, target, tree.lookUp(from, target).nearest]).toEqual([from, target, nearest])
      }
    }
  })
})

describe('the example', () => {
  const words = (example: TreeDemonstration) => example.picture().events.map((event) => event.words)

  test('opens before the first question, and goes on question by question', () => {
    const example = new TreeDemonstration()
    expect(example.picture().walk).toEqual({
      ...{ from: 2, target: 13, state: 'running', known: [14, 9], steps: [], path: [] },
    })
    example.act({ kind: 'step', routine: false })
    expect(example.picture().walk).toMatchObject({ state: 'running', path: [14] })
    example.act({ kind: 'step', routine: true })
    expect(example.picture().walk).toMatchObject({ state: 'found', path: [14, 13] })
    example.act({ kind: 'step', routine: true })
    expect(words(example)).toEqual([
      '2 looks up 13: of all that it knows 14 is the nearest, at distance 3',
      '2 asks 14, at distance 3: it names 13 and 9',
      '2 asks 13, at distance 0: it names 14 and 9',
      '2 has found 13 by way of 14',
    ])
  })

  test('goes on by itself as time passes', () => {
    const example = new TreeDemonstration()
    example.advance(STEP_TIME - 1)
    expect(example.picture().walk.steps).toHaveLength(0)
    example.advance(1)
    expect(example.picture().walk.steps).toHaveLength(1)
    example.advance(10 * SECOND)
    expect(example.picture()).toMatchObject({ walk: { state: 'found' }, time: 10 * SECOND + STEP_TIME })
  })

  test('looks up what is no node as well, and goes back to the beginning', () => {
    const example = new TreeDemonstration()
    const opening = example.picture()
    example.act({ kind: 'lookup', from: 6, key: 8 })
    example.advance(20 * SECOND)
    expect(example.picture().walk).toMatchObject({ from: 6, target: 8, state: 'missing' })
    expect(words(example).at(-1)).toBe('no node is 8: the nearest is 9, at distance 1')
    example.act({ kind: 'reset' })
    expect(example.picture()).toEqual(opening)
  })

  test('refuses what it does not have', () => {
    const example = new TreeDemonstration()
    const code = (act: () => void) => {
      expect(act).toThrow()
      try {
        act()
      } catch (error) {
        return (error as { code: string }).code
      }
      return undefined
    }
    expect(code(() => example.act({ kind: 'lookup', from: 0, key: 3 }))).toBe('NO_SUCH_NODE')
    expect(code(() => example.act({ kind: 'lookup', from: 2, key: 16 }))).toBe('NO_SUCH_NODE')
    expect(code(() => example.act({ kind: 'join', node: 5 }))).toBe('NOT_OFFERED')
    expect(code(() => example.act({ kind: 'another', seed: 5 }))).toBe('NOT_OFFERED')
  })
})

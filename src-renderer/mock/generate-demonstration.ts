/** The examples of the mock as they open, with pointers that are right; time in them does nothing. */
import type { RingPicture, SmallBucket, SmallNode, TreePicture } from '../client/types.ts'

const NODES = [8, 14, 21, 32, 38, 42, 48, 51]
const KEYS = [1, 10, 17, 22, 23, 24, 25, 26, 30, 38, 45, 50, 54, 60]
const PLACES = 64

const distance = (from: number, to: number): number => (to - from + PLACES) % PLACES

export function generateRing(id: string, nodes: readonly number[] = NODES): RingPicture {
  return {
    ...{ example: 'chord', id, time: 0, playing: false, speed: 1, ring: 'ideal', keys: KEYS },
    ...{ nodes: nodes.map((node) => smallNode(node, nodes)), messages: [], events: [] },
  }
}

export function smallNode(id: number, nodes: readonly number[], changes: Partial<SmallNode> = {}): SmallNode {
  const others = nodes.filter((node) => node !== id)
  const after = others.toSorted((a, b) => distance(id, a) - distance(id, b))
  const predecessor = after.at(-1) ?? id
  const first = (start: number) => [...nodes].sort((a, b) => distance(start, a) - distance(start, b))[0]
  const fingers = Array.from({ length: 6 }, (_, i) => {
    const start = (id + 2 ** i) % PLACES
    const node = first(start)
    return { start, end: i === 5 ? id : (id + 2 ** (i + 1)) % PLACES, ...(node !== undefined && { node }) }
  })
  const owns = KEYS.filter((key) => first(key) === id).sort(
    (a, b) => distance(predecessor, a) - distance(predecessor, b),
  )
  return {
    ...{ id, phase: 'member', isBusy: false, predecessor, successors: after.slice(0, 4), fingers, owns },
    ...{ copies: [], gone: [], ...changes },
  }
}

export function generateTree(id: string, shown = 0): TreePicture {
  const steps = [
    { asked: 14, distance: 3, named: [13, 9], nearest: [13, 14] },
    { asked: 13, distance: 0, named: [14, 9], nearest: [13, 14] },
  ]
  const bucket = (prefix: string, nearest: number, farthest: number, contacts: number[], spares: number[] = []) =>
    ({ prefix, nearest, farthest, contacts, spares }) satisfies SmallBucket
  const buckets = [
    bucket('1***', 8, 15, [14, 9], [11, 13]),
    bucket('01**', 4, 7, [4, 6]),
    bucket('000*', 2, 3, [1]),
    bucket('0011', 1, 1, [3]),
  ]
  return {
    ...{ example: 'kademlia', id, time: 0, playing: false, speed: 1, bits: 4, k: 2 },
    nodes: [1, 2, 3, 4, 6, 9, 11, 13, 14].map((node) => ({ id: node, buckets: node === 2 ? buckets : [] })),
    walk: {
      ...{ from: 2, target: 13, known: [14, 9], steps: steps.slice(0, shown) },
      ...{ state: shown < 2 ? 'running' : 'found', path: [14, 13].slice(0, shown) },
    },
    events: [],
  }
}

import { describe, expect, test } from 'vitest'
import type { SearchState } from '../client/types.ts'
import { lengthOf, playSearch, searchAt } from '../mock/generate-search.ts'
import { sampleHash } from '../mock/sample.ts'
import { closeness } from './distance.ts'
import { drawSearch, lastMoment, MARGIN, stepId, tickStep } from './search-layout.ts'

const SIZE = { width: 640, height: 320 }
const target = sampleHash(77)
const played = playSearch(target)
const at = (time: number): SearchState => searchAt({ id: 's', target, method: 'find_node' }, played, time)
const over = at(lengthOf(played))

describe('the drawing of a search', () => {
  test('keeps everything between its axes, at every moment', () => {
    for (let time = 0; time <= lengthOf(played); time += 50) {
      const { marks } = drawSearch(at(time), time, SIZE)
      expect(marks).toHaveLength(at(time).steps.length)
      for (const mark of marks) {
        for (const x of [mark.x, mark.endX]) {
          expect(x).toBeGreaterThanOrEqual(MARGIN.left)
          expect(x).toBeLessThanOrEqual(SIZE.width - MARGIN.right)
        }
        expect(mark.endX).toBeGreaterThanOrEqual(mark.x)
        expect(mark.y).toBeGreaterThanOrEqual(MARGIN.top)
        expect(mark.y).toBeLessThanOrEqual(SIZE.height - MARGIN.bottom)
      }
    }
  })

  test('the nearer a node, the lower it stands; the later it was asked, the further right', () => {
    const { marks } = drawSearch(over, lastMoment(over.steps), SIZE)
    const near = (id: string): number => closeness(target, id)
    const byY = [...marks].sort((a, b) => a.y - b.y).map((mark) => near(mark.step.nodeId))
    expect(byY).toEqual([...byY].sort((a, b) => a - b))
    const byX = [...marks].sort((a, b) => a.x - b.x).map((mark) => mark.step.askedAt)
    expect(byX).toEqual([...byX].sort((a, b) => a - b))
  })

  test('a line leads to each node that another one named, from its answer', () => {
    const { marks, links } = drawSearch(over, lastMoment(over.steps), SIZE)
    expect(links).toHaveLength(over.steps.filter((step) => step.from !== undefined).length)
    for (const link of links) {
      const to = marks.find((mark) => mark.id === link.id)
      const from = marks.find((mark) => mark.step.nodeId === to?.step.from)
      expect([link.x1, link.y1]).toEqual([from?.endX, from?.y])
      expect(link.x2).toBeGreaterThanOrEqual(link.x1 - 0.001)
    }
  })

  test('the path of the result is marked, once there is one', () => {
    const onPath = drawSearch(over, 0, SIZE).marks.filter((mark) => mark.onPath)
    expect(onPath.map((mark) => mark.step.address).sort()).toEqual([...(over.result?.path ?? [])].sort())
    expect(drawSearch(at(300), 300, SIZE).marks.filter((mark) => mark.onPath)).toEqual([])
  })

  test('without a step there are axes of time and nothing else', () => {
    const empty = drawSearch({ ...over, steps: [] }, 0, SIZE)
    expect(empty.marks).toEqual([])
    expect(empty.bits).toEqual([])
    expect(empty.times.length).toBeGreaterThan(1)
  })

  test('one step to the target itself stands at the bottom, and a short search fills the width', () => {
    const step = {
      ...over.steps[0],
      nodeId: target,
      address: 'a:1',
      state: 'replied' as const,
      hop: 1,
      askedAt: 0,
      repliedAt: 9,
    }
    const { marks, bits, times } = drawSearch({ ...over, steps: [step] }, 9, SIZE)
    expect(marks[0]?.y).toBe(SIZE.height - MARGIN.bottom)
    expect(bits.map(({ value }) => value)).toEqual([159, 160])
    expect(times.at(-1)?.value).toBe(10)
  })

  test('ids of steps tell nodes apart that claim one id', () => {
    expect(stepId({ nodeId: target, address: 'a:1' })).not.toBe(stepId({ nodeId: target, address: 'b:1' }))
  })

  test('a node that is asked twice has two marks; lines to others begin at its first answer', () => {
    const steps = over.steps
    const teller = steps.find((step) => steps.some((other) => other.from === step.nodeId)) as (typeof steps)[0]
    const { repliedAt = 0 } = teller
    const second = {
      ...teller,
      hop: teller.hop + 1,
      from: teller.nodeId,
      askedAt: repliedAt + 900,
      repliedAt: repliedAt + 950,
    }
    const { marks, links } = drawSearch({ ...over, steps: [...steps, second] }, repliedAt + 1_000, SIZE)
    expect(new Set(marks.map(({ id }) => id)).size).toBe(steps.length + 1)
    const [first, again] = marks.filter(({ step }) => step.nodeId === teller.nodeId)
    expect(again?.onPath).toBe(false)
    for (const link of links) {
      const to = marks.find(({ id }) => id === link.id)
      if (to?.step.from === teller.nodeId) expect(link.x1).toBe(first?.endX)
    }
  })
})

test.each([
  [6, 6, 1],
  [500, 6, 100],
  [1_300, 6, 500],
  [24, 10, 5],
])('ticks for %s, at most %s of them, are %s apart', (top, most, step) => expect(tickStep(top, most)).toBe(step))

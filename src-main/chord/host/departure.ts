/**
 * All virtual nodes of this host leave: first each hands its keys over, then each says goodbye to its neighbours. What has not
 * come to its end after `LONGEST_LEAVE` is left undone.
 */
import type { Clock } from '../../kernel/clock.ts'
import { LONGEST_LEAVE } from './node-options.ts'
import type { VirtualNode, VirtualNodes } from './virtual-nodes.ts'

/** Of the whole time, what may be spent on keys. */
export const HAND_OVER_PART = 2 / 3

export interface DepartureParts {
  readonly nodes: VirtualNodes
  readonly clock: Clock
  readonly beforeLeave: (node: VirtualNode, done: () => void) => void
}

/** `done` is called once, never from within. */
export function leaveRing({ nodes, clock, beforeLeave }: DepartureParts, done: () => void): void {
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    limit.cancel()
    clock.after(0, done)
  }
  const limit = clock.after(LONGEST_LEAVE, end)
  // One that leaves on its own account is told to go now as well.
  const leaving = nodes.all.filter(({ member }) => member.phase === 'member')
  const sayGoodbye = onceAllHave(leaving.length, end)
  const handOver = onceAllHave(leaving.length, () => {
    handOverLimit.cancel()
    for (const { member } of leaving) nodes.leave(member.self.slot, sayGoodbye)
  })
  const handOverLimit = clock.after(LONGEST_LEAVE * HAND_OVER_PART, handOver.now)
  for (const node of leaving) beforeLeave(node, handOver)
  if (leaving.length === 0) end()
}

/** What calls `run` once it has been called `count` times, or at once by `now`; `run` is called once. */
function onceAllHave(count: number, run: () => void): (() => void) & { readonly now: () => void } {
  let left = count
  const now = () => {
    if (left < 0) return
    left = -1
    run()
  }
  const one = () => {
    left -= 1
    if (left === 0) now()
  }
  return Object.assign(one, { now })
}

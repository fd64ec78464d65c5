import { numberOf } from '../../chord/small-ring.ts'
import { RING_BITS } from './literature.ts'
import type { FingerPicture, NodePicture } from './pictures.ts'
import type { SmallNode } from './small-node.ts'

/** As it is now. */
export function pictureOf(node: SmallNode): NodePicture {
  const { phase, member, keys } = node
  const known = [member.predecessor, ...member.successors, ...member.fingers.distinct]
  return {
    ...{ id: node.number, phase, isBusy: member.isChanging, fingers: fingersOf(node) },
    predecessor: numberOf(member.predecessor),
    successors: member.successors.map(numberOf),
    owns: keys.owned,
    copies: keys.copies,
    gone: [...new Set(known.filter((contact) => member.hasFailed(contact)).map(numberOf))],
  }
}

/** As the literature writes them: those that the successor stands for, which are never looked up, included. */
function fingersOf({ member, number }: SmallNode): FingerPicture[] {
  const { self, successors, fingers } = member
  const [successor] = successors
  const near = successor ? self.id.distanceTo(successor.id).highestBit : -1
  const starts = Array.from({ length: RING_BITS }, (_, i) => numberOf({ id: self.id.plusPowerOfTwo(i) }))
  return starts.map((start, i) => {
    const contact = i <= near ? successor : fingers.at(i)
    return { start, end: starts[i + 1] ?? number, ...(contact && { node: numberOf(contact) }) }
  })
}

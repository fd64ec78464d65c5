/** What has become of a node from one moment to the next, in words. */
import type { FingerPicture, NodePicture } from './pictures.ts'
import { keysInWords, listed } from './words.ts'

export interface Difference {
  readonly kind: 'news' | 'routine'
  readonly words: string
  readonly nodes: readonly number[]
}

/** The most important first. */
export function differences(before: NodePicture, after: NodePicture): Difference[] {
  const { id } = after
  if (before.phase === 'joining' && after.phase === 'member') {
    const words = `${id} has joined behind ${after.predecessor}: its list is ${listed(after.successors)}`
    return [{ kind: 'news', words, nodes: [id] }, ...ownership(before, after)]
  }
  if (after.phase !== 'member') return []
  return [...neighbours(before, after), ...ownership(before, after), ...fingerChanges(before, after)]
}

function neighbours(before: NodePicture, after: NodePicture): Difference[] {
  const { id } = after
  const found: Difference[] = []
  const tell = (kind: Difference['kind'], words: string, ...nodes: number[]) => found.push({ kind, words, nodes })
  const [was, is] = [before.successors[0], after.successors[0]]
  if (is !== undefined && is !== was) tell('news', `${id}'s successor is ${is} now, it was ${was}`, id, is)
  else if (after.successors.join() !== before.successors.join())
    tell('routine', `${id}'s list is ${listed(after.successors)} now`, id)
  for (const gone of after.gone) {
    if (!before.gone.includes(gone)) tell('news', `${id} knows that ${gone} is gone`, id, gone)
  }
  if (after.predecessor !== before.predecessor) {
    const words = `${id}'s predecessor is ${after.predecessor} now, it was ${before.predecessor}`
    tell('news', words, id, after.predecessor)
  }
  return found
}

function ownership(before: NodePicture, after: NodePicture): Difference[] {
  const { id } = after
  const gained = after.owns.filter((key) => !before.owns.includes(key))
  const lost = before.owns.filter((key) => !after.owns.includes(key))
  return [
    ...(gained.length > 0 ? [{ kind: 'news' as const, words: `${id} owns ${keysInWords(gained)}`, nodes: [id] }] : []),
    ...(lost.length > 0
      ? [{ kind: 'news' as const, words: `${id} no longer owns ${keysInWords(lost)}`, nodes: [id] }]
      : []),
  ]
}

function fingerChanges(before: NodePicture, after: NodePicture): Difference[] {
  const changed = after.fingers.flatMap((finger, i) => (finger.node === before.fingers[i]?.node ? [] : [i]))
  const byNode = new Map<number | undefined, number[]>()
  for (const i of changed) {
    const { node } = after.fingers[i] as FingerPicture
    byNode.set(node, [...(byNode.get(node) ?? []), i])
  }
  return [...byNode].map(([node, indices]) => {
    const one = indices.length === 1
    const which = `${after.id}'s ${one ? 'finger' : 'fingers'} ${listed(indices.map((i) => i + 1))}`
    const verb = one ? 'is' : 'are'
    const words = node === undefined ? `${which} ${verb} not known now` : `${which} ${verb} ${node} now`
    return { kind: 'news', words, nodes: node === undefined ? [after.id] : [after.id, node] }
  })
}

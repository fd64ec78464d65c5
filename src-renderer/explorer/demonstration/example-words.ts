/** Words and numbers of the examples. */
import type { RingPicture, RingWalk, SmallNode, TreePicture } from '../../client/types.ts'

/** `22–26, 30`: runs of three or more are drawn together. In the order given. */
export function listed(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length; ) {
    let end = i
    while (numbers[end + 1] === (numbers[end] as number) + 1) end += 1
    const isRun = end - i >= 2
    parts.push(isRun ? `${numbers[i]}–${numbers[end]}` : `${numbers[i]}`)
    i = isRun ? end + 1 : i + 1
  }
  return parts.join(', ')
}

/** `1:05`: minutes and seconds of simulated time. */
export function clockTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`
}

export const RING_WORDS: Readonly<Record<RingPicture['ring'], { word: string; about: string }>> = {
  ideal: { word: 'Ideal', about: 'Every successor list and predecessor is as it should be.' },
  changing: { word: 'One ordered ring', about: 'Some pointers still have to follow what has changed.' },
  broken: { word: 'Broken', about: 'More nodes have gone at once than successor lists can bear.' },
}

export const PHASE_WORDS: Readonly<Record<SmallNode['phase'], string>> = {
  joining: 'joining',
  member: 'member',
  leaving: 'leaving',
  left: 'has left',
  dead: 'silent',
}

/** How a lookup on the ring stands. */
export function walkSentence({ from, key, state, steps, path, owner }: RingWalk): string {
  const hops = path.length === 1 ? '1 hop' : `${path.length} hops`
  switch (state) {
    case 'running': {
      const last = steps.at(-1)
      return owner === undefined
        ? `${from} looks up key ${key}${last ? `: asks ${last.node}` : ''}`
        : `Key ${key} belongs to ${owner}: ${from} fetches it there`
    }
    case 'found':
      return `${from} has found key ${key} at ${owner}: ${[from, ...path].join(' → ')}, ${hops}`
    case 'missing':
      return `Key ${key} belongs to ${owner}, which has nothing under it: ${[from, ...path].join(' → ')}, ${hops}`
    case 'failed':
      return `${from} could not find key ${key}`
  }
}

/** How a lookup in the tree stands. */
export function treeSentence({ from, target, state, path, steps }: TreePicture['walk']): string {
  const way = [from, ...path].join(' → ')
  if (state === 'found') return `${from} has found ${target}: ${way}`
  if (state === 'missing') return `No node is ${target}, the nearest is ${path.at(-1) ?? from}: ${way}`
  return steps.length === 0 ? `${from} is about to look up ${target}` : `${from} looks up ${target}: ${way}`
}

/** The whole ring in a sentence, for who does not see it. */
export function ringSentence({ nodes, ring, messages }: RingPicture): string {
  const members = nodes.filter(({ phase }) => phase === 'member').map(({ id }) => id)
  const under = messages.length === 1 ? '1 message' : `${messages.length} messages`
  return `Ring of 64 places with nodes ${members.join(', ')}. ${RING_WORDS[ring].word}, ${under} under way.`
}

/** As four bits. */
export const inBits = (id: number, bits = 4): string => id.toString(2).padStart(bits, '0')

/** A lookup walking the ring, hop by hop; once it is over it can be walked again. The table beside it says the same in words. */
import { type ReactNode, useMemo, useRef } from 'react'
import { firstOf, useRing } from '../../client/context.tsx'
import type { SearchState } from '../../client/types.ts'
import { useSize } from '../../ui/use-size.ts'
import { searchSentence } from '../search-words.ts'
import { nodesOf } from './ring-nodes.ts'
import { useWalk } from './use-walk.ts'
import { WalkControls } from './walk-controls.tsx'
import { drawWalk } from './walk-layout.ts'
import { WalkPicture } from './walk-picture.tsx'

export function RingWalk(props: {
  search: SearchState
  chosen: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  const { search } = props
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  const walk = useWalk(search.steps.length)
  const hosts = firstOf(useRing())?.hosts
  const known = useMemo(() => {
    // The ring of each address family is one of its own; this one's addresses tell which it was.
    const isSix = search.steps[0]?.address.startsWith('[') === true
    const host = hosts?.find(({ family }) => (family === 6) === isSix)
    const nodes = host ? nodesOf(host) : []
    return {
      own: nodes.filter(({ own }) => own).map(({ id }) => id),
      others: nodes.filter(({ own }) => !own).map(({ id }) => id),
    }
  }, [hosts, search.steps])
  const { shown, isAtEnd } = walk
  const drawing = useMemo(
    () => drawWalk({ search, shown, isOver: isAtEnd && search.state !== 'running', ...known, size }),
    [search, shown, isAtEnd, known, size],
  )
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div ref={place} className="relative min-h-0 grow overflow-hidden">
        <WalkPicture
          label={searchSentence(search)}
          drawing={drawing}
          size={size}
          chosen={props.chosen}
          onChoose={props.onChoose}
        />
      </div>
      <WalkControls search={search} walk={walk} />
    </div>
  )
}

/** Kademlia with ids of four bits: node 2's buckets, and its lookup of 13 by way of 14. */
import { type FormEvent, type ReactNode, useState } from 'react'
import type { DemonstrationAction, TreePicture } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { BucketTable, StepList } from './bucket-table.tsx'
import { EventList } from './event-list.tsx'
import { treeSentence } from './example-words.ts'
import { Playback } from './playback.tsx'
import { TreeDrawing, TreeLegend } from './tree-drawing.tsx'

/** The node whose buckets the literature shows. */
const FIRST_CHOSEN = 2

export function TreeExample(props: { picture: TreePicture; act: (action: DemonstrationAction) => void }): ReactNode {
  const { picture, act } = props
  const [chosen, choose] = useState(FIRST_CHOSEN)
  const buckets = picture.nodes.find(({ id }) => id === chosen)?.buckets ?? []
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="toolbar"
        aria-label="The tree"
        className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-3 py-1.5"
      >
        <Playback
          {...{ picture, act }}
          routine
          hasSpeeds={false}
          stepName="To the next question"
          isOver={picture.walk.state !== 'running'}
        />
        <LookupChoice {...{ picture, chosen, act }} />
      </div>
      <div className="flex min-h-0 grow">
        <div className="flex min-w-0 grow flex-col">
          <p className="flex h-7 shrink-0 items-center px-3 text-muted">
            <span className="truncate">{treeSentence(picture.walk)}</span>
          </p>
          <TreeDrawing {...{ picture, chosen }} onChoose={choose} />
          <TreeLegend />
          <p className="shrink-0 px-3 pb-2 text-caption text-pretty text-muted">
            The distance of two ids is their XOR: who shares more leading bits is nearer. A bucket holds {picture.k} of
            all nodes in its subtree.
          </p>
        </div>
        <div className="flex w-88 shrink-0 flex-col border-l border-line">
          <section aria-label="The chosen node" className="flex shrink-0 flex-col gap-2 border-b border-line p-3">
            <Select aria-label="Node" value={chosen} onChange={(event) => choose(Number(event.target.value))}>
              {picture.nodes.map(({ id }) => (
                <option key={id} value={id}>
                  Buckets of node {id}
                </option>
              ))}
            </Select>
            <BucketTable node={chosen} buckets={buckets} />
          </section>
          <section aria-label="The lookup" className="shrink-0 border-b border-line p-3">
            <StepList walk={picture.walk} />
          </section>
          <EventList
            events={picture.events}
            routine
            timed={false}
            empty="Press Play, or go from question to question with Step."
          />
        </div>
      </div>
    </div>
  )
}

function LookupChoice(props: {
  picture: TreePicture
  chosen: number
  act: (action: DemonstrationAction) => void
}): ReactNode {
  const { picture, chosen, act } = props
  const [target, setTarget] = useState(picture.walk.target)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    act({ kind: 'lookup', from: chosen, key: target })
  }
  return (
    <form onSubmit={submit} className="flex items-center gap-1.5">
      <div className="w-16">
        <Select aria-label="Id to look up" value={target} onChange={(event) => setTarget(Number(event.target.value))}>
          {Array.from({ length: 2 ** picture.bits }, (_, id) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the id
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </Select>
      </div>
      <Button type="submit">Look up from {chosen}</Button>
    </form>
  )
}

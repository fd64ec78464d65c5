/** The chosen node of the ring: its pointers, what it owns, its finger table; and what can be done to it. */
import type { ReactNode } from 'react'
import type { DemonstrationAction, RingPicture, SmallNode } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Select } from '../../ui/field.tsx'
import { NONE } from '../../ui/format.ts'
import { listed, PHASE_WORDS } from './example-words.ts'
import { isGone } from './ring-layout.ts'

export function NodePanel(props: {
  picture: RingPicture
  node: SmallNode | undefined
  onChoose: (node: number) => void
  act: (action: DemonstrationAction) => void
}): ReactNode {
  const { picture, node, act } = props
  return (
    <section aria-label="The chosen node" className="flex shrink-0 flex-col gap-2 border-b border-line p-3">
      <div className="flex items-center gap-1.5">
        <div className="w-32 min-w-0 grow">
          <Select
            aria-label="Node"
            value={node?.id ?? ''}
            onChange={(event) => props.onChoose(Number(event.target.value))}
          >
            {!node && <option value="">Choose a node</option>}
            {picture.nodes.map(({ id, phase }) => (
              <option key={id} value={id}>
                Node {id}
                {phase === 'member' ? '' : `, ${PHASE_WORDS[phase]}`}
              </option>
            ))}
          </Select>
        </div>
        <Button
          disabled={node?.phase !== 'member'}
          title="It hands over its keys, tells its neighbours and goes"
          onClick={() => node && act({ kind: 'leave', node: node.id })}
        >
          Leave
        </Button>
        <Button
          disabled={!node || isGone(node)}
          title="It falls silent without a word, as if its machine had died"
          onClick={() => node && act({ kind: 'kill', node: node.id })}
        >
          Kill
        </Button>
      </div>
      {node && isGone(node) && (
        <p className="text-pretty text-muted">
          Node {node.id} {node.phase === 'left' ? 'has left' : 'has fallen silent'}. It is shown while others still
          point to it.
        </p>
      )}
      {node && !isGone(node) && <Pointers node={node} />}
      {node && !isGone(node) && <FingerTable node={node} />}
    </section>
  )
}

function Pointers({ node }: { node: SmallNode }): ReactNode {
  const { id, predecessor, successors, owns, copies, gone, phase } = node
  const isOutside = phase === 'joining' && predecessor === id
  const name = (place: number) => (gone.includes(place) ? `${place} (gone)` : `${place}`)
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3">
      <Row name="Predecessor">{isOutside ? NONE : name(predecessor)}</Row>
      <Row name="Successors">{isOutside ? NONE : successors.map(name).join(', ')}</Row>
      <Row name="Owns keys">{owns.length === 0 ? NONE : listed(owns)}</Row>
      <Row name="Holds copies of">{copies.length === 0 ? NONE : listed(copies)}</Row>
    </dl>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd data-selectable="" className="min-w-0 break-words tabular-nums">
        {children}
      </dd>
    </>
  )
}

const HEAD = 'py-0.5 text-caption font-medium text-muted'

function FingerTable({ node }: { node: SmallNode }): ReactNode {
  const { id, fingers, gone } = node
  return (
    <table className="w-full border-collapse tabular-nums">
      <caption className="sr-only">Finger table of node {id}</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Finger
          </th>
          <th scope="col" className={cx(HEAD, 'text-right')}>
            Start
          </th>
          <th scope="col" className={cx(HEAD, 'text-right')}>
            Stands for
          </th>
          <th scope="col" className={cx(HEAD, 'text-right')}>
            First node
          </th>
        </tr>
      </thead>
      <tbody data-selectable="">
        {fingers.map(({ start, end, node: first }, i) => (
          <tr key={start} className="border-b border-line/60 last:border-0">
            <td>{i + 1}</td>
            <td className="text-right">
              <span className="text-faint">
                {id} + {2 ** i} ={' '}
              </span>
              {start}
            </td>
            <td className="text-right text-muted">
              [{start}, {end})
            </td>
            <td className={cx('text-right font-medium', first !== undefined && gone.includes(first) && 'text-danger')}>
              {first === undefined ? <span className="font-normal text-faint">not known</span> : first}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

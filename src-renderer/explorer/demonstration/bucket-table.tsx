/** The buckets of the chosen node, and the questions of a lookup with their distances. */
import type { ReactNode } from 'react'
import type { SmallBucket, TreePicture } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { NONE } from '../../ui/format.ts'
import { inBits } from './example-words.ts'

const HEAD = 'py-0.5 text-caption font-medium text-muted'

export function BucketTable({ node, buckets }: { node: number; buckets: readonly SmallBucket[] }): ReactNode {
  return (
    <table className="w-full border-collapse tabular-nums">
      <caption className="sr-only">Buckets of node {node}</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Ids
          </th>
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Distance
          </th>
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Contacts
          </th>
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Wait for a place
          </th>
        </tr>
      </thead>
      <tbody data-selectable="">
        {buckets.map(({ prefix, nearest, farthest, contacts, spares }) => (
          <tr key={prefix} className="border-b border-line/60 last:border-0">
            <td className="font-mono text-[12px]">{prefix}</td>
            <td>{nearest === farthest ? nearest : `${nearest} to ${farthest}`}</td>
            <td className="font-medium">{contacts.length === 0 ? NONE : contacts.join(', ')}</td>
            <td className="text-muted">{spares.length === 0 ? NONE : spares.join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function StepList({ walk }: { walk: TreePicture['walk'] }): ReactNode {
  const { from, target, known, steps } = walk
  return (
    <table className="w-full border-collapse tabular-nums">
      <caption className="sr-only">Questions of the lookup</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Asked
          </th>
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Distance to {target}
          </th>
          <th scope="col" className={cx(HEAD, 'text-left')}>
            Names
          </th>
        </tr>
      </thead>
      <tbody data-selectable="">
        <tr className="border-b border-line/60">
          <td>{from}, itself</td>
          <Distance id={from} target={target} />
          <td>{known.join(', ')}</td>
        </tr>
        {steps.map(({ asked, named }) => (
          <tr key={asked} className="border-b border-line/60 last:border-0">
            <td className="font-medium">{asked}</td>
            <Distance id={asked} target={target} />
            <td>{named.join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `1110 ⊕ 1101 = 0011 = 3` */
function Distance({ id, target }: { id: number; target: number }): ReactNode {
  return (
    <td className="whitespace-nowrap">
      <span className="font-mono text-[11px] text-faint">
        {inBits(id)} ⊕ {inBits(target)} = {inBits(id ^ target)} ={' '}
      </span>
      {id ^ target}
    </td>
  )
}

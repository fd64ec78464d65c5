/** Amounts of coins: exact, from grains; the unit lighter, the grains on hover. */
import type { ReactNode } from 'react'
import { amountParts, formatGrains } from './amounts.ts'
import { cx } from './cx.ts'

/**
 * @param props.even eight decimals always, so that a column of amounts stands on its points; zeros at the end are lighter
 * @param props.signed a plus before what was gained, and colour besides the sign
 */
export function Amount(props: { grains: bigint; even?: boolean; signed?: boolean; className?: string }): ReactNode {
  const { sign, whole, decimals, zeros } = amountParts(props.grains)
  const plus = props.signed && props.grains > 0n ? '+' : ''
  return (
    <span
      title={formatGrains(props.grains)}
      data-selectable=""
      className={cx(
        'tabular-nums!',
        props.signed && props.grains > 0n && 'text-positive',
        props.signed && props.grains < 0n && 'text-danger',
        props.className,
      )}
    >
      {plus}
      {sign}
      {whole}
      {props.even ? `.${decimals}` : decimals && `.${decimals}`}
      {props.even && <span className="text-faint">{zeros}</span>}
      <span className="text-faint"> SHL</span>
    </span>
  )
}

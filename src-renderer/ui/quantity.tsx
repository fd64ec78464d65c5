import type { ReactNode } from 'react'
import type { Quantity } from './format.ts'

/** A figure with its unit lighter; nothing where there is no figure. */
export function QuantityText(props: { quantity: Quantity | undefined }): ReactNode {
  if (!props.quantity) return null
  return (
    <>
      {props.quantity.value}
      <span className="text-faint"> {props.quantity.unit}</span>
    </>
  )
}

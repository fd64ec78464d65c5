import type { ReactNode } from 'react'
import type { Refusal } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'

/** A form in a dialog: one button sends it, one leaves it; what was refused stands at its end. */
export function FormDialog(props: {
  title: string
  description?: ReactNode
  width?: 'narrow' | 'wide'
  /** What the button says that sends it. */
  action: string
  leave?: string
  busy: boolean
  /** Nothing is there yet that could be sent. */
  disabled?: boolean
  refusal?: Refusal | undefined
  onClose: () => void
  onSubmit: () => void
  children: ReactNode
}): ReactNode {
  return (
    <Dialog
      title={props.title}
      description={props.description}
      {...(props.width ? { width: props.width } : {})}
      onClose={props.onClose}
      onSubmit={props.onSubmit}
      footer={
        <>
          <Button onClick={props.onClose}>{props.leave ?? 'Cancel'}</Button>
          <Button type="submit" look="primary" disabled={props.busy || props.disabled === true}>
            {props.action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {props.children}
        {props.refusal && <Notice tone="danger">{props.refusal.sentence}</Notice>}
      </div>
    </Dialog>
  )
}

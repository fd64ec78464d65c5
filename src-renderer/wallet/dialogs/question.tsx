import type { ReactNode } from 'react'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Asks before something is done, says what it means, and stays where it was refused. */
export function Question(props: {
  title: string
  /** What the button says that does it. */
  action: string
  /** What the other one says. */
  leave?: string
  danger?: boolean
  act: () => Promise<unknown>
  onClose: () => void
  children: ReactNode
}): ReactNode {
  const { onClose } = props
  const { busy, refusal, attempt } = useAttempt()
  const submit = async (): Promise<void> => {
    if (await attempt(props.act)) onClose()
  }
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title={props.title}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            {props.leave ?? 'Cancel'}
          </Button>
          <Button type="submit" look={props.danger ? 'danger' : 'primary'} disabled={busy}>
            {props.action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {props.children}
        {refusal && <Notice tone="danger">{refusal.sentence}</Notice>}
      </div>
    </Dialog>
  )
}

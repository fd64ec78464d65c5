/** Another password for the same keys. */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { NewPasswordFields, NO_PASSWORD, newPasswordProblem, PasswordField } from '../setup/password-field.tsx'

export function PasswordDialog({ onClose }: { onClose: () => void }): ReactNode {
  const vault = useVault()
  const done = useToasts((toasts) => toasts.done)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState(NO_PASSWORD)
  const [tried, setTried] = useState(false)
  const { busy, refusal, attempt } = useAttempt()
  const wrong = refusal?.code === 'WRONG_PASSWORD' ? refusal.sentence : undefined
  const submit = async (): Promise<void> => {
    setTried(true)
    if (from === '' || newPasswordProblem(to)) return
    if (!(await attempt(() => vault.changePassword({ from, to: to.first })))) return
    setFrom('')
    setTo(NO_PASSWORD)
    done('The password is changed. The words stay the same.')
    onClose()
  }
  return (
    <Dialog
      title="Change the password"
      description="The keys are sealed anew. Older backups keep the old password."
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {busy ? 'Changing…' : 'Change'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <PasswordField
          label="Password so far"
          autoFocus
          value={from}
          error={tried && from === '' ? 'Enter the password so far.' : wrong}
          onChange={setFrom}
        />
        <NewPasswordFields value={to} tried={tried} onChange={setTo} />
        {refusal && wrong === undefined && <Notice tone="danger">{refusal.sentence}</Notice>}
      </div>
    </Dialog>
  )
}

/** Another password for the same keys. */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { NewPasswordFields, NO_PASSWORD, newPasswordProblem, PasswordField } from '../setup/password-field.tsx'
import { FormDialog } from './form-dialog.tsx'

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
    <FormDialog
      title="Change the password"
      description="The keys are sealed anew. Older backups keep the old password."
      action={busy ? 'Changing…' : 'Change'}
      busy={busy}
      refusal={wrong === undefined ? refusal : undefined}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <PasswordField
        label="Password so far"
        autoFocus
        value={from}
        error={tried && from === '' ? 'Enter the password so far.' : wrong}
        onChange={setFrom}
      />
      <NewPasswordFields value={to} tried={tried} onChange={setTo} />
    </FormDialog>
  )
}

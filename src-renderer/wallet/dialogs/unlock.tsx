/** Asks for the password where something needs the keys, and then goes on with it. */
import { type ReactNode, useRef, useState } from 'react'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { PasswordField } from '../setup/password-field.tsx'
import { FormDialog } from './form-dialog.tsx'

export function UnlockDialog(props: {
  why: string
  onUnlocked?: (() => void) | undefined
  onClose: () => void
}): ReactNode {
  const vault = useVault()
  const [password, setPassword] = useState('')
  const [empty, setEmpty] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { busy, refusal, attempt, forget } = useAttempt()
  const wrong = refusal?.code === 'WRONG_PASSWORD' ? refusal.sentence : undefined
  const submit = async (): Promise<void> => {
    setEmpty(password === '')
    if (password === '') return
    const ok = await attempt(() => vault.unlock({ password }))
    setPassword('')
    if (!ok) return field.current?.focus()
    props.onClose()
    props.onUnlocked?.()
  }
  return (
    <FormDialog
      title="Unlock the wallet"
      description={props.why}
      action={busy ? 'Unlocking…' : 'Unlock'}
      busy={busy}
      width="narrow"
      refusal={wrong === undefined ? refusal : undefined}
      onClose={props.onClose}
      onSubmit={() => void submit()}
    >
      <PasswordField
        label="Password"
        autoFocus
        fieldRef={field}
        value={password}
        error={empty ? 'Enter the password.' : wrong}
        onChange={(value) => {
          setPassword(value)
          setEmpty(false)
          if (value !== '') forget()
        }}
      />
    </FormDialog>
  )
}

/** Asks for the password where something needs the keys, and then goes on with it. */
import { type ReactNode, useState } from 'react'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PasswordField } from '../setup/password-field.tsx'

export function UnlockDialog(props: {
  why: string
  onUnlocked?: (() => void) | undefined
  onClose: () => void
}): ReactNode {
  const vault = useVault()
  const [password, setPassword] = useState('')
  const [empty, setEmpty] = useState(false)
  const { busy, refusal, attempt, forget } = useAttempt()
  const wrong = refusal?.code === 'WRONG_PASSWORD' ? refusal.sentence : undefined
  const submit = async (): Promise<void> => {
    setEmpty(password === '')
    if (password === '') return
    const ok = await attempt(() => vault.unlock({ password }))
    setPassword('')
    if (!ok) return
    props.onClose()
    props.onUnlocked?.()
  }
  return (
    <Dialog
      width="narrow"
      title="Unlock the wallet"
      description={props.why}
      onClose={props.onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {busy ? 'Unlocking…' : 'Unlock'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PasswordField
          label="Password"
          autoFocus
          value={password}
          error={empty ? 'Enter the password.' : wrong}
          onChange={(value) => {
            setPassword(value)
            setEmpty(false)
            if (value !== '') forget()
          }}
        />
        {refusal && wrong === undefined && <Notice tone="danger">{refusal.sentence}</Notice>}
      </div>
    </Dialog>
  )
}

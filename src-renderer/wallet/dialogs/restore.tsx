/** Brings a wallet back from its words. The chain is looked through from its birthday on, if that is known. */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { readBirthday } from '../setup/birthday.ts'
import { PassphraseField } from '../setup/passphrase-field.tsx'
import { NewPasswordFields, NO_PASSWORD, newPasswordProblem } from '../setup/password-field.tsx'
import { useCheckedWords } from '../setup/use-checked-words.ts'
import { WordsField } from '../setup/words-field.tsx'
import { FormDialog } from './form-dialog.tsx'

export function RestoreWalletDialog({ onClose }: { onClose: () => void }): ReactNode {
  const vault = useVault()
  const done = useToasts((toasts) => toasts.done)
  const [words, setWords] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [birthday, setBirthday] = useState('')
  const [password, setPassword] = useState(NO_PASSWORD)
  const [tried, setTried] = useState(false)
  const { busy, refusal, attempt } = useAttempt()
  const checked = useCheckedWords(words, undefined)
  const since = readBirthday(birthday, Date.now())
  const submit = async (): Promise<void> => {
    setTried(true)
    if (words.trim() === '' || newPasswordProblem(password) || since.outcome === 'problem') return
    const ok = await attempt(() =>
      vault.restore({
        words: words.trim(),
        passphrase,
        password: password.first,
        ...(since.outcome === 'date' ? { birthday: since.seconds } : {}),
      }),
    )
    if (!ok) return
    setWords('')
    setPassphrase('')
    setPassword(NO_PASSWORD)
    done('The wallet is restored. The chain is looked through for its coins.')
    onClose()
  }
  return (
    <FormDialog
      title="Restore a wallet"
      description="From the words that you wrote down. They go to the vault of this machine and nowhere else."
      action={busy ? 'Restoring…' : 'Restore'}
      busy={busy}
      refusal={refusal}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <WordsField
        value={words}
        checked={checked}
        error={tried && words.trim() === '' ? 'Enter the words.' : undefined}
        onChange={setWords}
      />
      <NewPasswordFields value={password} tried={tried} onChange={setPassword} />
      <Field
        label="Made on, if you remember"
        hint="Earlier blocks are then left out. Rather too early than too late; empty looks through the whole chain."
        error={tried && since.outcome === 'problem' ? since.sentence : undefined}
      >
        {(wiring) => (
          <TextInput
            {...wiring}
            type="date"
            value={birthday}
            onChange={(event) => setBirthday(event.target.value)}
            className="max-w-40"
          />
        )}
      </Field>
      <PassphraseField
        value={passphrase}
        hint="Only if the wallet was made with one. A wrong one opens another, empty wallet."
        onChange={setPassphrase}
      />
    </FormDialog>
  )
}

/**
 * Makes a wallet: a password, then the words, shown this once, then three of them asked for. All of it is in one dialog, so
 * that nothing beside it can be pressed while the words are on the screen; they leave the page with their step.
 */
import { type ReactNode, useState } from 'react'
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { useToasts } from '../../app/context.tsx'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, Choices, Field, Select } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ConfirmWords } from '../setup/confirm-words.tsx'
import { LANGUAGE_NAMES, LANGUAGES } from '../setup/languages.ts'
import { NewPassphraseFields } from '../setup/passphrase-field.tsx'
import { NewPasswordFields, NO_PASSWORD, newPasswordProblem } from '../setup/password-field.tsx'
import { WordsGrid } from '../setup/words-grid.tsx'
import { FormDialog } from './form-dialog.tsx'

type Step =
  | { readonly kind: 'form' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { kind: 'confirm' }

export function CreateWalletDialog({ onClose }: { onClose: () => void }): ReactNode {
  const done = useToasts((toasts) => toasts.done)
  const [step, setStep] = useState<Step>({ kind: 'form' })
  switch (step.kind) {
    case 'form':
      return <CreateForm onMade={(words) => setStep({ kind: 'words', words })} onClose={onClose} />
    case 'words':
      return <ShowWords words={step.words} onDone={() => setStep({ kind: 'confirm' })} />
    case 'confirm':
      return (
        <ConfirmWords
          description="Look at what you wrote down, and enter these three words."
          later="Later"
          onLater={onClose}
          onDone={() => {
            done('Your wallet is ready. Keep the words where nobody else finds them.')
            onClose()
          }}
        />
      )
  }
}

function CreateForm(props: { onMade: (words: readonly string[]) => void; onClose: () => void }): ReactNode {
  const vault = useVault()
  const [count, setCount] = useState<'12' | '24'>('12')
  const [language, setLanguage] = useState<WordLanguage>('english')
  const [passphrase, setPassphrase] = useState(NO_PASSWORD)
  const [password, setPassword] = useState(NO_PASSWORD)
  const [tried, setTried] = useState(false)
  const { busy, refusal, attempt } = useAttempt()
  const submit = async (): Promise<void> => {
    setTried(true)
    if (newPasswordProblem(password) || passphrase.first !== passphrase.second) return
    await attempt(async () => {
      const { words } = await vault.create({
        words: count === '12' ? 12 : 24,
        language,
        passphrase: passphrase.first,
        password: password.first,
      })
      setPassword(NO_PASSWORD)
      setPassphrase(NO_PASSWORD)
      props.onMade(words)
    })
  }
  return (
    <FormDialog
      title="Create a wallet"
      description="The password opens it on this machine. The words bring it back if the machine is lost."
      action={busy ? 'Creating…' : 'Create'}
      busy={busy}
      refusal={refusal}
      onClose={props.onClose}
      onSubmit={() => void submit()}
    >
      <NewPasswordFields value={password} tried={tried} autoFocus onChange={setPassword} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choices<'12' | '24'>
          legend="How many words"
          inline
          value={count}
          onChange={setCount}
          choices={[
            { value: '12', label: '12' },
            { value: '24', label: '24' },
          ]}
        />
        <Field label="Language of the words">
          {(wiring) => (
            <Select {...wiring} value={language} onChange={(event) => setLanguage(event.target.value as WordLanguage)}>
              {LANGUAGES.map((each) => (
                <option key={each} value={each}>
                  {LANGUAGE_NAMES[each]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <NewPassphraseFields
        value={passphrase}
        tried={tried}
        hint="Needed besides the words to restore. Another passphrase opens another wallet, and nobody can tell which is right."
        onChange={setPassphrase}
      />
    </FormDialog>
  )
}

function ShowWords(props: { words: readonly string[]; onDone: () => void }): ReactNode {
  const [written, setWritten] = useState(false)
  return (
    <Dialog
      title={`Write these ${props.words.length} words down`}
      description="On paper, in this order. They are shown this once."
      closable={false}
      onClose={() => {}}
      onSubmit={() => written && props.onDone()}
      footer={
        <Button type="submit" look="primary" disabled={!written}>
          Continue
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Notice tone="warning">
          Whoever has these words has the coins. A picture, a file or the clipboard may be read by other programs: paper
          is safer. Without them nobody can restore this wallet.
        </Notice>
        <WordsGrid words={props.words} />
        <Checkbox label="I have written them down" checked={written} onChange={setWritten} />
      </div>
    </Dialog>
  )
}

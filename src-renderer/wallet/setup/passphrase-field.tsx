/** BIP 39's optional passphrase, behind a disclosure: who does not know it does not need it. */
import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { type NewPassword, PasswordField } from './password-field.tsx'

const DIFFERENT = 'The two differ. Type the same passphrase again.'

export function PassphraseField(props: { value: string; hint: string; onChange: (value: string) => void }): ReactNode {
  return (
    <Disclosed>
      <PasswordField label="Passphrase" {...props} />
    </Disclosed>
  )
}

/** Of a new wallet, typed twice: a slip in what nobody sees would be found when the words are needed. */
export function NewPassphraseFields(props: {
  value: NewPassword
  hint: string
  /** Problems are told from the first try on. */
  tried: boolean
  onChange: (value: NewPassword) => void
}): ReactNode {
  const { value, hint, tried, onChange } = props
  return (
    <Disclosed>
      <PasswordField
        label="Passphrase"
        hint={hint}
        value={value.first}
        onChange={(first) => onChange({ ...value, first })}
      />
      <PasswordField
        label="Passphrase again"
        value={value.second}
        error={tried && value.first !== value.second ? DIFFERENT : undefined}
        onChange={(second) => onChange({ ...value, second })}
      />
    </Disclosed>
  )
}

function Disclosed({ children }: { children: ReactNode }): ReactNode {
  const [open, setOpen] = useState(false)
  if (open) return children
  return (
    <Button look="quiet" aria-expanded={false} className="-ml-3 w-fit" onClick={() => setOpen(true)}>
      Add a passphrase to the words…
    </Button>
  )
}

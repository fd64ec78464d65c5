/** BIP 39's optional passphrase, behind a disclosure: who does not know it does not need it. */
import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { PasswordField } from './password-field.tsx'

export function PassphraseField(props: {
  value: string
  hint: string
  onChange: (value: string) => void
  /** Of a new wallet: a slip in what nobody sees would be found when the words are needed. */
  again?: { readonly value: string; readonly error: string | undefined; readonly onChange: (value: string) => void }
}): ReactNode {
  const [open, setOpen] = useState(false)
  const { value, hint, onChange, again } = props
  if (!open) {
    return (
      <Button look="quiet" aria-expanded={false} className="-ml-3 w-fit" onClick={() => setOpen(true)}>
        Add a passphrase to the words…
      </Button>
    )
  }
  return (
    <>
      <PasswordField label="Passphrase" hint={hint} value={value} onChange={onChange} />
      {again && <PasswordField label="Passphrase again" {...again} />}
    </>
  )
}

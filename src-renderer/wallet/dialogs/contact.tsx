import { type ReactNode, useState } from 'react'
import { useClients } from '../../client/context.tsx'
import type { WalletContact } from '../../client/types.ts'
import { useAttempt } from '../../client/use-attempt.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { useTarget } from '../send/use-target.ts'
import { FormDialog } from './form-dialog.tsx'

/** A contact's name, address and note. A payment link gives its address. */
export function ContactDialog(props: {
  contact?: WalletContact | undefined
  address?: string | undefined
  onClose: () => void
}): ReactNode {
  const { contact, onClose } = props
  const { wallet } = useClients()
  const [name, setName] = useState(contact?.name ?? '')
  const [address, setAddress] = useState(contact?.address ?? props.address ?? '')
  const [note, setNote] = useState(contact?.note ?? '')
  const [tried, setTried] = useState(false)
  const { busy, refusal, attempt } = useAttempt()
  const target = useTarget(address.trim())
  const wrong =
    target.status === 'wrong' ? target.sentence : refusal?.code === 'BAD_ADDRESS' ? refusal.sentence : undefined
  const submit = async (): Promise<void> => {
    setTried(true)
    if (name.trim() === '' || address.trim() === '' || target.status === 'wrong') return
    const known = target.status === 'known' ? target.target.address : address.trim()
    const row = { name: name.trim(), address: known, note: note.trim(), ...(contact ? { id: contact.id } : {}) }
    if (await attempt(() => wallet.setContact(row))) onClose()
  }
  return (
    <FormDialog
      title={contact ? 'Edit the contact' : 'Add a contact'}
      action="Save"
      busy={busy}
      refusal={refusal?.code === 'BAD_ADDRESS' ? undefined : refusal}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field label="Name" error={tried && name.trim() === '' ? 'Enter a name.' : undefined}>
        {(wiring) => (
          <TextInput
            {...wiring}
            data-autofocus=""
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Address or payment link"
        hint="It is checked as you type."
        error={tried && address.trim() === '' ? 'Enter an address.' : wrong}
      >
        {(wiring) => (
          <TextInput
            {...wiring}
            maxLength={2_000}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
            className="font-mono text-[12px]"
          />
        )}
      </Field>
      <Field label="Note">
        {(wiring) => (
          <TextInput {...wiring} maxLength={255} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  )
}

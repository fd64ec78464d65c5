/** The questions of the wallet that have one answer and a way out. */
import type { ReactNode } from 'react'
import { useToasts, useWalletState } from '../../app/context.tsx'
import { firstOf, useClients, useWalletInfo } from '../../client/context.tsx'
import type { HistoryRow, WalletContact } from '../../client/types.ts'
import { formatCount, formatDate } from '../../ui/format.ts'
import { Question } from './question.tsx'

export function AbandonDialog({ row, onClose }: { row: HistoryRow; onClose: () => void }): ReactNode {
  const { wallet } = useClients()
  const done = useToasts((toasts) => toasts.done)
  return (
    <Question
      title="Abandon this transaction?"
      action="Abandon it"
      leave="Leave it"
      danger
      act={async () => {
        await wallet.abandon({ txid: row.id })
        done('Abandoned. Its coins are free again.')
      }}
      onClose={onClose}
    >
      <p>
        It is not offered to the network any more, and its coins can be spent again. Others may have kept it: then it
        may still be confirmed.
      </p>
    </Question>
  )
}

export function RemoveContactDialog({ contact, onClose }: { contact: WalletContact; onClose: () => void }): ReactNode {
  const { wallet } = useClients()
  return (
    <Question
      title="Remove this contact?"
      action="Remove"
      act={() => wallet.removeContact({ id: contact.id })}
      onClose={onClose}
    >
      <p>
        <bdi className="font-medium">{contact.name}</bdi> is forgotten; payments so far stay in the history.
      </p>
    </Question>
  )
}

export function RescanDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { wallet } = useClients()
  const info = firstOf(useWalletInfo())
  const blocks = info ? formatCount(info.scan.target) : ''
  return (
    <Question title="Look through the chain again?" action="Rescan" act={() => wallet.rescan({})} onClose={onClose}>
      <p>
        {info?.birthday === undefined
          ? `All ${blocks} blocks are looked at again.`
          : `Every block since ${formatDate(info.birthday * 1_000)} is looked at again, of ${blocks} in all.`}{' '}
        That may take a while, and a pruned or light node downloads blocks for it. Labels, contacts and addresses stay.
      </p>
      <p className="text-muted">Needed only if something is missing: the wallet follows the chain by itself.</p>
    </Question>
  )
}

export function PutAsideDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { wallet } = useClients()
  const clear = useWalletState((state) => state.clear)
  const done = useToasts((toasts) => toasts.done)
  return (
    <Question
      title="Put this wallet aside?"
      action="Put it aside"
      danger
      act={async () => {
        const { path } = await wallet.putAside()
        clear()
        done(`The wallet stands at ${path} now.`)
      }}
      onClose={onClose}
    >
      <p>
        Its file is moved, so that another wallet can be made or restored. Nothing is deleted: with the words, or with
        the file and its password, the coins can be had again.
      </p>
      <p className="font-medium">Without either, nobody can.</p>
    </Question>
  )
}

import { lazy, type ReactNode, Suspense } from 'react'
import { useApp } from './context.tsx'
import type { DialogRequest } from './state.ts'
import { useFocusReturn } from './use-focus-return.ts'

const ChainModeDialog = lazy(() => import('../settings/chain-mode-dialog.tsx'))
const ChainRebuildDialog = lazy(() => import('../settings/chain-rebuild-dialog.tsx'))
const AddDialog = lazy(() => import('../torrents/dialogs/add.tsx'))
const CreateDialog = lazy(() => import('../torrents/dialogs/create.tsx'))
const ForgetLinkDialog = lazy(() => import('../torrents/links/forget.tsx'))
const MagnetDialog = lazy(() => import('../torrents/dialogs/magnet.tsx'))
const PublishDialog = lazy(() => import('../torrents/links/publish.tsx'))
const RemoveDialog = lazy(() => import('../torrents/dialogs/remove.tsx'))
const WalletDialog = lazy(() => import('../wallet/dialogs/wallet-dialog.tsx'))

/** The dialog that waits for an answer, if one does. Loaded when first asked for. */
export function Dialogs(): ReactNode {
  useFocusReturn()
  const request = useApp((state) => state.dialogs[0])
  const waiting = useApp((state) => state.dialogs.length - 1)
  const close = useApp((state) => state.closeDialog)
  if (!request) return null
  return (
    <>
      <div className="fixed inset-0 z-40 animate-appear bg-backdrop" aria-hidden />
      <Suspense>{view(request, waiting, close)}</Suspense>
    </>
  )
}

function view(request: DialogRequest, waiting: number, onClose: () => void): ReactNode {
  switch (request.kind) {
    case 'add':
      return <AddDialog key={keyOf(request)} request={request} waiting={waiting} onClose={onClose} />
    case 'magnet':
      return <MagnetDialog key={keyOf(request)} text={request.text} onClose={onClose} />
    case 'publish':
      return <PublishDialog key={keyOf(request)} row={request.row} onClose={onClose} />
    case 'forget-link':
      return <ForgetLinkDialog key={keyOf(request)} link={request.link} onClose={onClose} />
    case 'create':
      return <CreateDialog key={keyOf(request)} path={request.path} onClose={onClose} />
    case 'remove':
      return <RemoveDialog key={keyOf(request)} rows={request.rows} onClose={onClose} />
    case 'chain-mode':
      return <ChainModeDialog key={keyOf(request)} mode={request.mode} onClose={onClose} />
    case 'chain-rebuild':
      return <ChainRebuildDialog key={keyOf(request)} onClose={onClose} />
    default:
      return <WalletDialog key={keyOf(request)} request={request} onClose={onClose} />
  }
}

const keys = new WeakMap<DialogRequest, number>()
let nextKey = 1

/** Each request has a dialog of its own, though two of a kind may follow one another. */
function keyOf(request: DialogRequest): number {
  const key = keys.get(request) ?? nextKey++
  keys.set(request, key)
  return key
}

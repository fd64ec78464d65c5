import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import type { Toast } from './toast-store.ts'

const SHOWN_MS = 5_000
/** One that can be acted on stays longer. */
const SHOWN_WITH_ACTION_MS = 12_000

/**
 * Results and errors of what was asked for, read out as they come.
 * @param props.aside a dialog is open: they stand on the other side, away from its buttons
 */
export function Toasts(props: { toasts: readonly Toast[]; aside: boolean; onClose: (id: number) => void }): ReactNode {
  const of = (tone: Toast['tone']) => props.toasts.filter((toast) => toast.tone === tone)
  return (
    <div
      className={cx(
        'pointer-events-none fixed bottom-11 z-50 flex w-90 max-w-[calc(100vw-32px)] flex-col gap-2',
        props.aside ? 'left-4' : 'right-4',
      )}
    >
      <div aria-live="assertive" className="flex flex-col gap-2">
        {of('problem').map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={props.onClose} />
        ))}
      </div>
      <div aria-live="polite" className="flex flex-col gap-2">
        {of('done').map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={props.onClose} />
        ))}
      </div>
    </div>
  )
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: (id: number) => void }): ReactNode {
  const [held, setHeld] = useState(false)
  const { id, tone, action } = toast
  const shownFor = action ? SHOWN_WITH_ACTION_MS : SHOWN_MS
  useEffect(() => {
    if (tone === 'problem' || held) return
    const timer = setTimeout(() => onClose(id), shownFor)
    return () => clearTimeout(timer)
  }, [id, tone, held, shownFor, onClose])
  const Icon = tone === 'done' ? CircleCheck : CircleAlert
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is only kept while somebody points at it or stands in it
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex animate-rise items-start gap-2 rounded-md bg-raised py-2 pr-1 pl-3 shadow-popover"
    >
      <Icon size={16} aria-hidden className={cx('mt-1 shrink-0', tone === 'done' ? 'text-positive' : 'text-danger')} />
      <p className="min-w-0 grow py-0.5 break-words">{toast.text}</p>
      {action && (
        <Button
          look="quiet"
          className="h-6 px-2 text-accent-text"
          onClick={() => {
            action.run()
            onClose(id)
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Close message" icon={X} onClick={() => onClose(id)} className="size-6" />
    </div>
  )
}

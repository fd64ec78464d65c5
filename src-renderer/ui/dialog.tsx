import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { FormEvent, ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'

/**
 * A modal dialog with a title, a body that scrolls and a row of buttons. It is a form: Enter presses the submit button.
 * A click outside does nothing, so that nothing typed is lost; Escape and the cross close it.
 * What it stands on is drawn by whoever opens dialogs: one backdrop for a row of them, so that the page does not flash
 * between two. Radix's own locks scrolling with a style element, which the content security policy forbids.
 */
export function Dialog(props: {
  title: string
  /** Read out with the title; shown under it. */
  description?: ReactNode
  width?: 'narrow' | 'wide'
  role?: 'dialog' | 'alertdialog'
  /** False while only its own buttons may end it: neither Escape nor a cross do. */
  closable?: boolean
  footer: ReactNode
  onClose: () => void
  onSubmit: () => void
  children: ReactNode
}): ReactNode {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    props.onSubmit()
  }
  const closable = props.closable ?? true
  return (
    <Radix.Root open onOpenChange={(open) => !open && closable && props.onClose()}>
      <Radix.Portal>
        <Radix.Content
          role={props.role ?? 'dialog'}
          aria-modal
          {...(props.description ? {} : { 'aria-describedby': undefined })}
          onInteractOutside={(event) => event.preventDefault()}
          onOpenAutoFocus={focusFirst}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.target === event.currentTarget) props.onSubmit()
          }}
          className={cx(
            'fixed inset-0 z-40 m-auto flex h-fit max-h-[calc(100vh-32px)] max-w-[calc(100vw-32px)] animate-rise flex-col overflow-hidden rounded-lg bg-raised shadow-popover outline-none',
            props.width === 'narrow' ? 'w-110' : 'w-150',
          )}
        >
          <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
            <header className="flex items-start gap-2 px-5 pt-4 pb-3">
              <div className="min-w-0 grow">
                <Radix.Title className="text-title font-semibold">{props.title}</Radix.Title>
                {props.description && (
                  <Radix.Description asChild>
                    <div className="mt-0.5 text-muted">{props.description}</div>
                  </Radix.Description>
                )}
              </div>
              {closable && (
                <IconButton label="Close" shortcut="Esc" icon={X} onClick={props.onClose} className="-mr-2" />
              )}
            </header>
            <div className="min-h-0 overflow-y-auto px-5 pb-4">{props.children}</div>
            <footer className="flex items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">
              {props.footer}
            </footer>
          </form>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Focus goes to the control marked for it, else to the button that submits, else to the dialog: never to the cross. */
function focusFirst(event: Event): void {
  const content = event.currentTarget as HTMLElement
  const first =
    content.querySelector<HTMLElement>('[data-autofocus]') ??
    content.querySelector<HTMLElement>('button[type="submit"]:enabled')
  event.preventDefault()
  ;(first ?? content).focus()
}

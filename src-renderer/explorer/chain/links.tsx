/** Ways from one page of the chain to another, each with its value to copy. */
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { copyText } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { shortenMiddle } from '../../ui/format.ts'
import type { Place } from './places.ts'

const SAID_MS = 1_500
const LINK = 'rounded-sm text-accent-text underline-offset-2 hover:underline'

/** Words that lead to a place. */
export function PlaceLink(props: { to: Place; name?: string; className?: string; children: ReactNode }): ReactNode {
  const show = useApp((state) => state.showChain)
  return (
    <button
      type="button"
      {...(props.name === undefined ? {} : { 'aria-label': props.name })}
      onClick={() => show(props.to)}
      className={cx(LINK, props.className)}
    >
      {props.children}
    </button>
  )
}

/**
 * A hash, id or address that leads to its page, shortened in the middle, whole on hover, with a button that copies it.
 * @param props.what names it, such as `transaction`
 */
export function IdLink(props: { to: Place; id: string; what: string; head?: number; tail?: number }): ReactNode {
  const { to, id, what, head = 10, tail = 8 } = props
  return (
    <span className="group/id inline-flex min-w-0 max-w-full items-center gap-1" title={id}>
      <PlaceLink to={to} name={`Show ${what} ${shortenMiddle(id, head, tail)}`} className="min-w-0 truncate">
        <span className="font-mono text-[12px]">{shortenMiddle(id, head, tail)}</span>
      </PlaceLink>
      <CopyIcon text={id} name={`Copy ${what} ${shortenMiddle(id, head, tail)}`} />
    </span>
  )
}

/** Copies a value and says so. */
export function CopyIcon(props: { text: string; name: string }): ReactNode {
  const [copied, setCopied] = useState<boolean>()
  useEffect(() => {
    if (copied === undefined) return
    const timer = setTimeout(() => setCopied(undefined), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const Icon = copied ? Check : Copy
  return (
    <>
      <button
        type="button"
        aria-label={props.name}
        title={props.name}
        onClick={async () => setCopied(await copyText(props.text))}
        className="shrink-0 rounded-sm p-0.5 text-faint hover:bg-hover hover:text-text"
      >
        <Icon size={12} aria-hidden className={cx(copied && 'text-positive')} />
      </button>
      <span role="status" className={copied === false ? 'text-caption text-danger' : 'sr-only'}>
        {copied === undefined ? '' : copied ? 'Copied' : 'Could not copy'}
      </span>
    </>
  )
}

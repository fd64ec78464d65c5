/** Long values: shortened in the middle, whole on focus or hover, copied with one click that says so. */
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { cx } from './cx.ts'
import { shortenMiddle } from './format.ts'
import { Tooltip } from './tooltip.tsx'

const SAID_MS = 1_500

/**
 * Puts text on the clipboard. The window denies every permission, the clipboard's own among them, so where the modern
 * call is refused the text goes by way of a selection.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'sr-only'
  // Inside the element in focus: a dialog takes the focus back from anything outside it.
  ;(before?.parentElement ?? document.body).append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}

type Said = 'nothing' | 'copied' | 'refused'

/** A value in the mono face that copies itself when pressed. */
export function CopyText(props: { text: string; label: string; head?: number; tail?: number }): ReactNode {
  const [said, setSaid] = useState<Said>('nothing')
  useEffect(() => {
    if (said === 'nothing') return
    const timer = setTimeout(() => setSaid('nothing'), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const shown = shortenMiddle(props.text, props.head ?? 8, props.tail ?? 8)
  const Icon = said === 'copied' ? Check : Copy
  const word = said === 'copied' ? 'Copied' : said === 'refused' ? 'Could not copy' : ''
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Tooltip text={props.text}>
        <button
          type="button"
          aria-label={`${shown}, copy the whole ${props.label}`}
          onClick={async () => setSaid((await copyText(props.text)) ? 'copied' : 'refused')}
          className="-mx-1 inline-flex min-w-0 items-center gap-1.5 rounded-sm px-1 hover:bg-hover"
        >
          <span className="truncate font-mono text-[12px]">{shown}</span>
          <Icon size={14} aria-hidden className={cx('shrink-0', said === 'copied' ? 'text-positive' : 'text-faint')} />
        </button>
      </Tooltip>
      <span role="status" className="text-caption text-muted">
        {word}
      </span>
    </span>
  )
}

/** A path, its middle left out where there is no room, whole on hover; can be selected. */
export function PathText(props: { path: string; className?: string }): ReactNode {
  const cut = Math.max(props.path.lastIndexOf('/'), props.path.lastIndexOf('\\'))
  const tail = cut > 0 ? props.path.slice(cut) : ''
  return (
    <span title={props.path} data-selectable="" className={cx('flex min-w-0', props.className)}>
      <span className="truncate">{tail ? props.path.slice(0, cut) : props.path}</span>
      <span className="shrink-0 truncate">{tail.length <= 40 ? tail : shortenMiddle(tail, 20, 18)}</span>
    </span>
  )
}

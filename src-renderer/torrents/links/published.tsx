import { Copy } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { useToasts } from '../../app/context.tsx'
import type { PublicationRow, TorrentRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/field.tsx'
import { PublicationState } from './states.tsx'

/** Puts a link on the clipboard and says so. */
export function useCopyLink(): (magnet: string, name: string) => Promise<void> {
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  return async (magnet, name) => {
    if (await copyText(magnet)) done(`Copied the link “${name}”.`)
    else problem('The clipboard cannot be written. Try again.')
  }
}

const TITLES: Readonly<Record<PublicationRow['state'], string>> = {
  publishing: 'Publishing the link',
  published: 'The link is published',
  failed: 'The link is not published yet',
}

/** The link that is being published, to be passed on. */
export function Published(props: {
  row: TorrentRow
  magnet: string
  /** Undefined until the list of links has it. */
  link: PublicationRow | undefined
  onClose: () => void
}): ReactNode {
  const { row, magnet, onClose } = props
  // What it says until it points here is of the torrent before.
  const link = props.link?.torrent === row.id ? props.link : undefined
  const copy = useCopyLink()
  const label = useId()
  return (
    <Dialog
      title={TITLES[link?.state ?? 'publishing']}
      description={<bdi className="break-words">{row.name}</bdi>}
      onClose={onClose}
      onSubmit={() => void copy(magnet, props.link?.name ?? row.name)}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" look="primary" icon={Copy}>
            Copy link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div>
          <span id={label} className="mb-1 block font-medium">
            Link
          </span>
          <TextArea
            aria-labelledby={label}
            readOnly
            rows={3}
            value={magnet}
            onFocus={(event) => event.target.select()}
            className="break-all font-mono text-[12px]"
          />
        </div>
        {link && <PublicationState link={link} />}
        <p className="text-caption text-pretty text-muted">
          Pass it on as you would a magnet link. Its key stays in this profile: without it nobody, not even you, can
          change where the link leads. Your links are behind the link button above the list.
        </p>
      </div>
    </Dialog>
  )
}

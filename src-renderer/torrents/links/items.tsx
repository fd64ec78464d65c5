import { Copy, KeyRound, RefreshCw, Unlink } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients, useTorrentRows } from '../../client/context.tsx'
import type { PublicationRow, SubscriptionRow } from '../../client/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { shortenMiddle } from '../../ui/format.ts'
import { useCopyLink } from './published.tsx'
import { PublicationState, SubscriptionState } from './states.tsx'

export function PublishedLink({ link }: { link: PublicationRow }): ReactNode {
  const ask = useApp((state) => state.ask)
  const copy = useCopyLink()
  return (
    <Item
      name={link.name}
      target={<Target torrent={link.torrent} name={link.torrentName} seq={link.seq} />}
      state={<PublicationState link={link} />}
    >
      <IconButton
        label={`Copy the link “${link.name}”`}
        icon={Copy}
        onClick={() => void copy(link.magnet, link.name)}
      />
      <IconButton
        label={`Forget the key of “${link.name}”…`}
        icon={KeyRound}
        onClick={() => ask({ kind: 'forget-link', link })}
      />
    </Item>
  )
}

export function FollowedLink({ link }: { link: SubscriptionRow }): ReactNode {
  const { torrents } = useClients()
  const copy = useCopyLink()
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  const publication = link.id
  const attempt = (act: Promise<unknown>, said?: string): void => {
    act.then(
      () => said !== undefined && done(said),
      (error: unknown) => problem(sentenceOf(error)),
    )
  }
  return (
    <Item
      name={link.name}
      target={<Target torrent={link.torrent} name={undefined} seq={link.seq} directory={link.directory} />}
      state={<SubscriptionState link={link} />}
    >
      <IconButton
        label={`Look for a newer version of “${link.name}” now`}
        icon={RefreshCw}
        disabled={link.state === 'looking'}
        onClick={() => attempt(torrents.checkSubscription({ publication }))}
      />
      <IconButton
        label={`Copy the link “${link.name}”`}
        icon={Copy}
        onClick={() => void copy(link.magnet, link.name)}
      />
      <IconButton
        label={`Stop following “${link.name}”`}
        icon={Unlink}
        onClick={() =>
          attempt(torrents.unsubscribe({ publication }), `No longer following “${link.name}”. Its torrents stay.`)
        }
      />
    </Item>
  )
}

function Item(props: { name: string; target: ReactNode; state: ReactNode; children: ReactNode }): ReactNode {
  return (
    <li className="flex items-start gap-4 px-4 py-3">
      <div className="min-w-0 grow">
        <p className="truncate font-medium" title={props.name}>
          <bdi>{props.name}</bdi>
        </p>
        {props.target}
        {props.state}
      </div>
      <div className="flex shrink-0 gap-0.5">{props.children}</div>
    </li>
  )
}

/** What the link names now: a torrent of the list, which one press shows there, or only its hash. */
function Target(props: {
  torrent: string | undefined
  name: string | undefined
  seq: bigint | undefined
  directory?: string
}): ReactNode {
  const rows = useTorrentRows()
  const showTorrent = useApp((state) => state.showTorrent)
  const { torrent, seq, directory } = props
  const row = rows.state.status === 'ready' ? rows.state.items.find(({ id }) => id === torrent) : undefined
  const name = row?.name ?? props.name
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-1.5 text-muted">
      {torrent === undefined && 'Names no torrent yet'}
      {torrent !== undefined && row && (
        <button
          type="button"
          onClick={() => showTorrent(torrent)}
          className="min-w-0 max-w-full truncate rounded-sm text-left text-accent-text hover:underline"
        >
          <bdi>{name}</bdi>
        </button>
      )}
      {torrent !== undefined && !row && (
        <span className="min-w-0 truncate">
          {name ? <bdi>{name}</bdi> : <span className="font-mono text-[12px]">{shortenMiddle(torrent, 8, 8)}</span>},
          not in your list
        </span>
      )}
      {seq !== undefined && <span>· version {String(seq)}</span>}
      {directory !== undefined && (
        <span className="min-w-0 truncate" title={directory}>
          · into {directory}
        </span>
      )}
    </p>
  )
}

/** How a host of ours stands on the ring, as a line of figures. */
import type { ReactNode } from 'react'
import type { RingHost } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { formatAbout, formatCount, NONE } from '../../ui/format.ts'
import { PHASES } from './ring-words.ts'

export function HostFigures({ host }: { host: RingHost }): ReactNode {
  const { word, icon: Icon, ink } = PHASES[host.phase]
  const { estimatedMembers } = host
  return (
    <dl
      aria-label={`Our host, IPv${host.family}`}
      className="flex shrink-0 flex-wrap gap-x-6 gap-y-1 border-b border-line px-4 py-1.5"
    >
      <Figure name="State">
        <span className="flex items-center gap-1.5">
          <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
          {word}
        </span>
      </Figure>
      <Figure name="Our places" hint="Virtual nodes of this host on the ring">
        {formatCount(host.virtualNodes.length)}
      </Figure>
      <Figure name="Known places" hint="Places of other hosts that we know of">
        {formatCount(host.contacts.length)}
      </Figure>
      <Figure name="On the ring" hint="Places of all hosts, estimated from how near our neighbours are">
        {estimatedMembers === undefined ? NONE : `about ${formatAbout(estimatedMembers)}`}
      </Figure>
      <Figure name="Values" hint="Items that we keep, owned and copies">
        {formatCount(host.items)}
      </Figure>
      <Figure name="Info-hashes" hint="Torrents whose peers we keep, owned and copies">
        {formatCount(host.infoHashes)}
      </Figure>
      <Figure
        name={host.external === undefined ? 'Listens at' : 'Seen from outside'}
        hint={`Listens at ${host.listening}`}
      >
        <span data-selectable="" className="font-mono text-[12px]">
          {host.external ?? host.listening}
        </span>
      </Figure>
    </dl>
  )
}

function Figure(props: { name: string; hint?: string; children: ReactNode }): ReactNode {
  return (
    <div title={props.hint} className="min-w-14">
      <dt className="text-caption text-faint">{props.name}</dt>
      <dd className="whitespace-nowrap">{props.children}</dd>
    </div>
  )
}

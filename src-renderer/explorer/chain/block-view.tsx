/** A block: what it is, and the transactions in it. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import type { BlockPage, ChainInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { BlockFacts } from './block-facts.tsx'
import { CopyIcon } from './links.tsx'
import { ChainDocument, Depth, Heading, NoAnswer, SubHeading } from './page-parts.tsx'
import { PAGE_SIZE, Pager } from './pager.tsx'
import { TransactionTable } from './transaction-table.tsx'

export function BlockView(props: { id: string | number; info: ChainInfo }): ReactNode {
  const { id, info } = props
  const asked = useAsked(`block ${id}`, ({ chain }) => chain.block({ id }), info.tip)
  if (asked.state.status !== 'ready') return <NoAnswer state={asked.state} what="block" onRetry={asked.retry} />
  const block = asked.state.value
  return (
    <ChainDocument label={`Block ${block.height}`}>
      <Heading title={`Block ${formatCount(block.height)}`}>
        <Neighbours block={block} />
        {block.inBestChain && <Depth confirmations={block.confirmations} />}
        {block.id === info.tip && <span className="text-muted">the tip</span>}
      </Heading>
      <Remarks block={block} info={info} />
      <BlockFacts block={block} />
      {block.contents === 'kept' && <Transactions block={block} />}
    </ChainDocument>
  )
}

function Neighbours({ block }: { block: BlockPage }): ReactNode {
  const show = useApp((state) => state.showChain)
  const { next } = block
  return (
    <div role="toolbar" aria-label="Neighbouring blocks" className="-ml-1 flex items-center">
      <IconButton
        label={
          block.height === 0 ? 'The first block has none before it' : `Previous block, ${formatCount(block.height - 1)}`
        }
        icon={ChevronLeft}
        disabled={block.height === 0}
        onClick={() => show({ kind: 'block', id: block.previous })}
      />
      <IconButton
        label={next === undefined ? 'No block follows yet' : `Next block, ${formatCount(block.height + 1)}`}
        icon={ChevronRight}
        disabled={next === undefined}
        onClick={() => next !== undefined && show({ kind: 'block', id: next })}
      />
      <CopyIcon text={String(block.height)} name="Copy the height" />
    </div>
  )
}

/** What is unusual about it, a sentence each. */
function Remarks({ block, info }: { block: BlockPage; info: ChainInfo }): ReactNode {
  const show = useApp((state) => state.showChain)
  return (
    <div className="flex flex-col gap-2 pb-2 empty:hidden">
      {!block.inBestChain && (
        <Notice
          tone="warning"
          action={
            block.height <= info.height && (
              <Button className="-my-1" onClick={() => show({ kind: 'block', id: block.height })}>
                Show the other one
              </Button>
            )
          }
        >
          This block lies on a side branch: the best chain has another block at this height, and what is in this one
          does not count.
        </Notice>
      )}
      {block.contents === 'pruned' && (
        <Notice tone="info">
          The contents of this block are not kept any more
          {info.keptFrom === undefined ? '' : `: this node keeps blocks from ${formatCount(info.keptFrom)} on`}. Its
          header is, and proves its work.
        </Notice>
      )}
      {block.contents === 'headers-only' && (
        <Notice tone="info">
          Only the header of this block is known here: a light node keeps headers, and a node that catches up has not
          got to it yet.
        </Notice>
      )}
    </div>
  )
}

function Transactions({ block }: { block: BlockPage }): ReactNode {
  const [offset, setOffset] = useState(0)
  const total = block.transactions ?? 0
  const asked = useAsked(`block ${block.id} from ${offset}`, ({ chain }) =>
    chain.blockTransactions({ hash: block.id, offset, limit: PAGE_SIZE }),
  )
  return (
    <section aria-label="Transactions">
      <SubHeading title={total === 1 ? 'One transaction' : `${formatCount(total)} transactions`}>
        <Pager what="transactions" offset={offset} total={total} onOffset={setOffset} />
      </SubHeading>
      {asked.state.status === 'ready' ? (
        <TransactionTable label="Transactions of this block" rows={asked.state.value} within="block" />
      ) : (
        <NoAnswer state={asked.state} what="list of transactions" onRetry={asked.retry} />
      )}
    </section>
  )
}

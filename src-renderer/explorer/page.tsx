import { Blocks } from 'lucide-react'
import type { ReactNode } from 'react'
import { NotYet } from '../app/not-yet.tsx'

export default function ExplorerPage(): ReactNode {
  return (
    <NotYet
      title="Explorer"
      icon={Blocks}
      sentence="Blocks, transactions and lookups will be laid open here, one by one."
    >
      This part of Shoal is not built yet. No chain runs on this machine.
    </NotYet>
  )
}

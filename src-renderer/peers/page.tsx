import { Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { NotYet } from '../app/not-yet.tsx'

export default function PeersPage(): ReactNode {
  return (
    <NotYet
      title="Peers"
      icon={Users}
      sentence="The peers of all torrents will stand here, with the distributed hash table they are found through."
    >
      This part of Shoal is not built yet. Who a torrent is connected to is shown in its details, under Peers.
    </NotYet>
  )
}

import { Wallet } from 'lucide-react'
import type { ReactNode } from 'react'
import { NotYet } from '../app/not-yet.tsx'

export default function WalletPage(): ReactNode {
  return (
    <NotYet
      title="Wallet"
      icon={Wallet}
      sentence="Your coins will stand here: what you have, where it came from, and a way to send it."
    >
      This part of Shoal is not built yet. There is no wallet on this machine, and no key was made.
    </NotYet>
  )
}

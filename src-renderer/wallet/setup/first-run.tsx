import { KeyRound, Plus, Wallet } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import type { WalletInfo } from '../../client/types.ts'
import { NETWORK_WORDS } from '../../explorer/chain/chain-words.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'

/** No wallet yet: make one, or bring one back. */
export function FirstRun({ info }: { info: WalletInfo }): ReactNode {
  const ask = useApp((state) => state.ask)
  return (
    <div className="flex h-full flex-col">
      {info.notice && (
        <Notice tone="info" edge>
          {info.notice}
        </Notice>
      )}
      <div className="min-h-0 grow">
        <EmptyState
          icon={Wallet}
          title="Your coins stand here"
          actions={
            <>
              <Button look="primary" icon={Plus} onClick={() => ask({ kind: 'wallet-create' })}>
                Create a wallet
              </Button>
              <Button icon={KeyRound} onClick={() => ask({ kind: 'wallet-restore' })}>
                Restore from words
              </Button>
            </>
          }
        >
          The keys are made and kept on this machine, sealed with a password. Nobody else can give them back, but twelve
          or twenty-four words, written on paper, can. This wallet is for the{' '}
          {NETWORK_WORDS[info.network].toLowerCase()}.
        </EmptyState>
      </div>
    </div>
  )
}

/** Paying: the form, the review of what would be signed, and what became of it. */
import type { ReactNode } from 'react'
import { useWalletState } from '../../app/context.tsx'
import type { WalletInfo } from '../../client/types.ts'
import { ReviewView } from './review-view.tsx'
import { SendForm } from './send-form.tsx'
import { SentView } from './sent-view.tsx'

export function SendView({ info }: { info: WalletInfo }): ReactNode {
  const review = useWalletState((state) => state.review)
  const sent = useWalletState((state) => state.sent)
  if (review) return <ReviewView review={review} info={info} />
  if (sent) return <SentView sent={sent} />
  return <SendForm info={info} />
}

/** What is done with a plan: made again, signed, relayed. */
import { useApp, useAppStore, useToasts, useWalletState } from '../../app/context.tsx'
import { ClientError } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { FeeChoice, PaymentPlan } from '../../client/types.ts'
import { type Attempt, useAttempt } from '../../client/use-attempt.ts'
import type { PlanSource, Review } from '../state.ts'

export interface PlanActions extends Attempt {
  /** Asks for the password first where the wallet is locked. */
  send(locked: boolean): void
  /** Plans the same with another fee. */
  replan(fee: FeeChoice): void
}

const codeIs = (error: unknown, code: string): boolean => error instanceof ClientError && error.code === code

export function usePlanActions(review: Review): PlanActions {
  const { wallet } = useClients()
  const app = useAppStore()
  const done = useToasts((toasts) => toasts.done)
  const showWallet = useApp((state) => state.showWallet)
  const setReview = useWalletState((state) => state.setReview)
  const setSent = useWalletState((state) => state.setSent)
  const attempt = useAttempt()
  const make = (source: PlanSource): Promise<PaymentPlan> =>
    source.kind === 'payment' ? wallet.plan(source.draft) : wallet.planFaster({ txid: source.txid, fee: source.fee })
  const unlockFirst = (): void => {
    app.getState().ask({
      kind: 'wallet-unlock',
      why: 'The keys are needed to sign this payment.',
      onUnlocked: () => void attempt.attempt(signAndRelay),
    })
  }
  const signAndRelay = async (): Promise<void> => {
    try {
      const { txid } = await wallet.send({ plan: review.plan.id })
      setSent({ txid, plan: review.plan })
      done('Signed and passed on.')
      showWallet('send')
    } catch (error) {
      if (codeIs(error, 'WALLET_LOCKED')) unlockFirst()
      else if (codeIs(error, 'PLAN_OUTDATED'))
        setReview({ plan: await make(review.source), source: review.source, again: true })
      else throw error
    }
  }
  return {
    ...attempt,
    send: (locked) => (locked ? unlockFirst() : void attempt.attempt(signAndRelay)),
    replan: (fee) =>
      void attempt.attempt(async () => {
        const { source } = review
        const next: PlanSource =
          source.kind === 'payment' ? { ...source, draft: { ...source.draft, fee } } : { ...source, fee }
        setReview({ plan: await make(next), source: next, again: false })
      }),
  }
}

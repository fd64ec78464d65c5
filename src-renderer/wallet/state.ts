/** What is being written in the Wallet tab: kept while a person looks elsewhere, gone with the window. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FeeChoice, PaymentDraft, PaymentPlan } from '../client/types.ts'
import { EMPTY_PAYMENT, type PaymentForm } from './send/payment-form.ts'

/** What a plan was made of, so that it can be made again when coins have changed. */
export type PlanSource =
  | { readonly kind: 'payment'; readonly draft: PaymentDraft }
  | { readonly kind: 'faster'; readonly txid: string; readonly fee: FeeChoice }

export interface Review {
  readonly plan: PaymentPlan
  readonly source: PlanSource
  /** It was made again because coins had changed. */
  readonly again: boolean
}

export interface Sent {
  readonly txid: string
  readonly plan: PaymentPlan
}

export interface WalletState {
  readonly payment: PaymentForm
  /** What is about to be signed. */
  readonly review: Review | undefined
  /** What was signed and relayed last, until another payment is begun. */
  readonly sent: Sent | undefined
  setPayment(change: (form: PaymentForm) => PaymentForm): void
  setReview(review: Review | undefined): void
  setSent(sent: Sent): void
  /** Back to the form, as it is. */
  leave(): void
  /** Nothing is written any more: the wallet is another one. */
  clear(): void
}

export function createWalletState(): StoreApi<WalletState> {
  return createStore((set) => ({
    payment: EMPTY_PAYMENT,
    review: undefined,
    sent: undefined,
    setPayment: (change) => set(({ payment }) => ({ payment: change(payment), sent: undefined })),
    setReview: (review) => set({ review, sent: undefined }),
    // The form is empty then: what was paid is not paid again by one more press. A transaction sped up leaves it alone.
    setSent: (sent) =>
      set(({ payment }) => ({
        sent,
        review: undefined,
        payment: sent.plan.kind === 'payment' ? EMPTY_PAYMENT : payment,
      })),
    leave: () => set({ review: undefined, sent: undefined }),
    clear: () => set({ payment: EMPTY_PAYMENT, review: undefined, sent: undefined }),
  }))
}

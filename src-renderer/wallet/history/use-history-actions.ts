/** What can be done about a transaction of the wallet. */
import { useMemo } from 'react'
import { MAX_SAVED_CHARACTERS } from '#shared/contract/app.ts'
import type { Clients } from '#shared/contract/index.ts'
import { useAppStore, useToasts, useWalletState } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { HistoryRow } from '../../client/types.ts'
import { copyText } from '../../ui/copy.tsx'

export interface HistoryActions {
  /** One press: plans whichever way is possible, and shows it before anything is signed. */
  speedUp(row: HistoryRow): Promise<void>
  rebroadcast(row: HistoryRow): Promise<void>
  askAbandon(row: HistoryRow): void
  copyId(row: HistoryRow): Promise<void>
  showInExplorer(row: HistoryRow): void
  saveCsv(): Promise<void>
}

export const canSpeedUp = (row: HistoryRow): boolean => row.canBump || row.canSpeedUpByChild

/** Its pages one after the other. */
async function wholeHistory({ exportHistory }: Pick<Clients['wallet'], 'exportHistory'>): Promise<string> {
  let text = ''
  let from: number | undefined
  do {
    const page = await exportHistory(from === undefined ? {} : { from })
    text += page.text
    if (text.length > MAX_SAVED_CHARACTERS)
      throw new Error('The history is too long to be saved from here. Use: shoal wallet export --file FILE')
    from = page.next
  } while (from !== undefined)
  return text
}

export function useHistoryActions(): HistoryActions {
  const { wallet, app: system } = useClients()
  const app = useAppStore()
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  const setReview = useWalletState((state) => state.setReview)
  return useMemo(() => {
    const attempt = async (act: () => Promise<void>): Promise<void> => {
      try {
        await act()
      } catch (error) {
        problem(sentenceOf(error))
      }
    }
    return {
      speedUp: ({ id }) =>
        attempt(async () => {
          const fee = { target: 1 } as const
          const plan = await wallet.planFaster({ txid: id, fee })
          setReview({ plan, source: { kind: 'faster', txid: id, fee }, again: false })
          app.getState().showWallet('send')
        }),
      rebroadcast: ({ id }) =>
        attempt(async () => {
          await wallet.rebroadcast({ txid: id })
          done('Offered to the network again.')
        }),
      askAbandon: (row) => void app.getState().ask({ kind: 'wallet-abandon', row }),
      copyId: ({ id }) =>
        attempt(async () => {
          if (!(await copyText(id))) throw new Error('The clipboard cannot be written. Try again.')
          done('Copied the transaction’s id.')
        }),
      showInExplorer: ({ id }) => app.getState().showChain({ kind: 'transaction', id }),
      saveCsv: () =>
        attempt(async () => {
          const text = await wholeHistory(wallet)
          const { path } = await system.saveText({ title: 'Save the history', name: 'shoal-history.csv', text })
          if (path !== undefined) done(`Saved ${path}.`)
        }),
    }
  }, [wallet, system, app, done, problem, setReview])
}

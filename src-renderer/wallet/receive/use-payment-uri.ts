/** The payment link for what was asked for, and whether it is of what stands in the fields now. */
import { useEffect, useState } from 'react'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'

const SETTLE_MS = 120

export interface Asking {
  readonly address: string
  readonly amount: bigint | undefined
  readonly label: string
  readonly message: string
}

export interface PaymentUri {
  /** The last one that was made; the address alone before. */
  readonly uri: string
  /** It is not yet of what stands in the fields: not to be given away. */
  readonly stale: boolean
  readonly failure: string
}

export function usePaymentUri({ address, amount, label, message }: Asking): PaymentUri {
  const { wallet } = useClients()
  const key = JSON.stringify([address, String(amount ?? ''), label, message])
  const [made, setMade] = useState({ key: '', uri: address, failure: '' })
  useEffect(() => {
    let wanted = true
    const settle = (answer: { uri: string; failure: string }): void => {
      if (wanted) setMade({ key, ...answer })
    }
    const timer = setTimeout(() => {
      const asked = {
        address,
        ...(amount === undefined ? {} : { amount }),
        ...(label === '' ? {} : { label }),
        ...(message === '' ? {} : { message }),
      }
      wallet.paymentUri(asked).then(
        ({ uri }) => settle({ uri, failure: '' }),
        (error: unknown) => settle({ uri: address, failure: sentenceOf(error) }),
      )
    }, SETTLE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [wallet, key, address, amount, label, message])
  return { uri: made.uri, stale: made.key !== key, failure: made.failure }
}

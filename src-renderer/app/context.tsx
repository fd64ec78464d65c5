/** The window's own state, handed to the views. One set for each window, so that tests start clean. */
import { createContext, type ReactNode, useContext, useState } from 'react'
import { type StoreApi, useStore } from 'zustand'
import { createToastStore, type ToastState } from '../ui/toast-store.ts'
import { createWalletState, type WalletState } from '../wallet/state.ts'
import { createPreferences, type PreferencesState, type TextStore } from './preferences.ts'
import { type AppState, createAppState } from './state.ts'

export interface Stores {
  readonly app: StoreApi<AppState>
  readonly toasts: StoreApi<ToastState>
  readonly preferences: StoreApi<PreferencesState>
  readonly wallet: StoreApi<WalletState>
}

export function createStores(storage: TextStore): Stores {
  return {
    app: createAppState(),
    toasts: createToastStore(),
    preferences: createPreferences(storage),
    wallet: createWalletState(),
  }
}

const StoresContext = createContext<Stores | undefined>(undefined)

export function StoresProvider(props: { stores?: Stores; children: ReactNode }): ReactNode {
  const [stores] = useState(() => props.stores ?? createStores(window.localStorage))
  return <StoresContext value={stores}>{props.children}</StoresContext>
}

function useStores(): Stores {
  const stores = useContext(StoresContext)
  if (!stores) throw new Error('no stores: wrap the view in <StoresProvider>')
  return stores
}

export function useApp<Part>(select: (state: AppState) => Part): Part {
  return useStore(useStores().app, select)
}

/** What is being written in the Wallet tab. */
export function useWalletState<Part>(select: (state: WalletState) => Part): Part {
  return useStore(useStores().wallet, select)
}

export function usePreferences<Part>(select: (state: PreferencesState) => Part): Part {
  return useStore(useStores().preferences, select)
}

export function useToasts<Part>(select: (state: ToastState) => Part): Part {
  return useStore(useStores().toasts, select)
}

/** Reads and changes the state outside of drawing: in handlers of events. */
export function useAppStore(): StoreApi<AppState> {
  return useStores().app
}

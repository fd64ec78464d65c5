import { app } from './app.ts'
import { chain } from './chain.ts'
import { demonstration } from './demonstration.ts'
import { lab } from './lab.ts'
import { miner } from './miner.ts'
import { overlays } from './overlays.ts'
import { peers } from './peers.ts'
import type { ClientOf, HandlersOf } from './service.ts'
import { settings } from './settings.ts'
import { torrents } from './torrents.ts'
import { wallet } from './wallet.ts'

/** Every service of the contract; a transport serves this table and nothing else. */
export const contract = { torrents, peers, overlays, chain, wallet, miner, lab, demonstration, settings, app } as const
export type Contract = typeof contract
export type ServiceName = keyof Contract

export type Services = { readonly [S in ServiceName]: HandlersOf<Contract[S]> }
export type Clients = { readonly [S in ServiceName]: ClientOf<Contract[S]> }

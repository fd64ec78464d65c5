/** The miner put together, and started where a command line says so. */
import type { Settings } from '#shared/contract/settings.ts'
import { networks } from '../../chain/consensus/networks.ts'
import type { Millis } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Host } from '../../kernel/host.ts'
import type { ChainParts } from '../chain/chain-parts.ts'
import type { Heartbeat } from '../heartbeat.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { MinerHost } from './miner-host.ts'
import { minerService } from './miner-service.ts'
import type { RewardWallet } from './reward-target.ts'

/** What a command line says of mining, for this run. */
export interface MinerOptions {
  /** Mines from the start; 0 or undefined for not. */
  readonly threads?: number
  readonly address?: string
  /** On a network without difficulty. */
  readonly blockInterval?: Millis
}

export type MinerParts = ReturnType<typeof minerParts>

export function minerParts(
  host: Host,
  chain: ChainParts,
  { profile, mining = {} }: { readonly profile: string; readonly mining?: MinerOptions },
  settings: SettingsService,
  heartbeat: Heartbeat,
  wallet: RewardWallet,
) {
  const log = host.log.child('miner')
  const { threads = 0, address, blockInterval } = mining
  const miner = new MinerHost({
    ...{ host, log, profile, blockInterval, wallet },
    chainHost: chain.host,
    network: networks[settings.now.network],
    settings: () => settings.now,
    maxThreads: host.processors,
  })
  return {
    host: miner,
    service: minerService({
      ...{ miner, heartbeat },
      chainHost: chain.host,
      set: (changes: Partial<Settings>) => settings.set(changes),
    }),
    /** Begins to mine where the command line says so. Does not fail: the log says why not. */
    async startAsTold(): Promise<void> {
      if (threads === 0) return
      try {
        await miner.start({ threads, ...(address !== undefined && { address }) })
      } catch (error) {
        log.write('error', 'not mining', { message: messageOf(error) })
      }
    },
  }
}

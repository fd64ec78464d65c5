/** The service `miner`. */
import type { miner as minerContract } from '#shared/contract/miner.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { MinerError } from '../../miner/miner-error.ts'
import type { ChainHost } from '../chain/chain-host.ts'
import { openChain } from '../chain/chain-service.ts'
import type { Heartbeat } from '../heartbeat.ts'
import type { MinerHost } from './miner-host.ts'

export interface MinerServiceParts {
  readonly miner: MinerHost
  readonly chainHost: ChainHost
  readonly heartbeat: Heartbeat
  /** Keeps what a person chose for the next start. */
  readonly set: (changes: Partial<Settings>) => Promise<unknown>
}

export function minerService({
  miner,
  chainHost,
  heartbeat,
  set,
}: MinerServiceParts): HandlersOf<typeof minerContract> {
  return {
    status: async () => miner.status(),
    start: async ({ threads, share, address }) => {
      openChain(chainHost)
      refuseTooMany(threads, miner)
      await miner.start(given({ threads, share, address }))
      await set(given({ minerThreads: threads, minerShare: share, minerAddress: address }))
      return undefined
    },
    stop: async () => {
      miner.halt()
      return undefined
    },
    adjust: async ({ threads, share }) => {
      refuseTooMany(threads, miner)
      miner.adjust(given({ threads, share }))
      await set(given({ minerThreads: threads, minerShare: share }))
      return undefined
    },
    generate: async ({ blocks, address }) => {
      openChain(chainHost)
      return { blocks: await miner.generate(blocks, address) }
    },
    samples: async () => [...miner.samples],
    state: {
      read: () => [miner.status()],
      watch(_args, changed) {
        const ends = [miner.watchers.add(changed), heartbeat.add(changed)]
        return () => {
          for (const end of ends) end()
        }
      },
    },
  }
}

/** What cannot run is not kept either. @throws MinerError TOO_MANY_THREADS */
function refuseTooMany(threads: number | undefined, miner: Pick<MinerHost, 'status'>): void {
  const { maxThreads: limit } = miner.status()
  if (threads !== undefined && threads > limit) throw new MinerError({ code: 'TOO_MANY_THREADS', threads, limit })
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** The service `demonstration`. */
import type { demonstration as demonstrationContract } from '#shared/contract/demonstration.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Clock } from '../../kernel/clock.ts'
import { Demonstrations } from './demonstrations.ts'

export function demonstrationService(clock: Clock): HandlersOf<typeof demonstrationContract> {
  const demonstrations = new Demonstrations(clock, () => import('../../lab/demonstration/demonstrations.ts'))
  return {
    open: async ({ example }) => ({ id: await demonstrations.open(example) }),
    act: async ({ id, action }) => {
      demonstrations.act(id, action)
      return undefined
    },
    close: async ({ id }) => {
      demonstrations.close(id)
      return undefined
    },
    picture: {
      read: ({ id }) => [demonstrations.picture(id)],
      watch: ({ id }, changed) => demonstrations.watch(id, changed),
    },
  }
}

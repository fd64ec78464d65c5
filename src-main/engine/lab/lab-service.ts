/** The service `lab`. */
import type { LabExperiment, lab as labContract } from '#shared/contract/lab.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import { CATALOGUE } from '../../lab/catalogue.ts'
import type { Heartbeat } from '../heartbeat.ts'
import type { LabHost } from './lab-host.ts'

export interface LabServiceParts {
  readonly host: LabHost
  readonly heartbeat: Heartbeat
}

export function labService({ host, heartbeat }: LabServiceParts): HandlersOf<typeof labContract> {
  return {
    experiments: async () => CATALOGUE as unknown as LabExperiment[],
    start: async ({ experiment, options }) => ({ run: host.start(experiment, options) }),
    cancel: async ({ run }) => {
      host.cancel(run)
      return undefined
    },
    result: async ({ run }) => host.result(run),
    csv: async ({ run, part }) => ({ text: host.csv(run, part) }),
    runs: {
      read: () => host.runs(),
      watch(_args, changed) {
        // The time that is left passes by itself.
        const ends = [host.watchers.add(changed), heartbeat.add(changed)]
        return () => {
          for (const end of ends) end()
        }
      },
    },
    report: {
      read: ({ run }) => [{ run, sections: host.result(run).sections }],
      watch: (_args, changed) => host.watchers.add(changed),
    },
  }
}

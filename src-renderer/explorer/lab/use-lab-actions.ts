/** What is done in the Lab; what goes wrong is told. */
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { LabOptionValue, LabSection } from '../../client/types.ts'

export interface LabActions {
  start(experiment: string, options: Record<string, LabOptionValue>): void
  cancel(run: string): void
}

export function useLabActions(): LabActions {
  const { lab } = useClients()
  const problem = useToasts((state) => state.problem)
  const tell = (error: unknown): void => problem(sentenceOf(error))
  return {
    start: (experiment, options) => void lab.start({ experiment, options }).catch(tell),
    cancel: (run) => void lab.cancel({ run }).catch(tell),
  }
}

/** Asks where to, and writes a section of a report there, or all of it. */
export function useSaveCsv(): (run: string, title: string, section?: LabSection) => Promise<void> {
  const { lab, app } = useClients()
  const problem = useToasts((state) => state.problem)
  const done = useToasts((state) => state.done)
  return async (run, title, section) => {
    try {
      const { text } = await lab.csv({ run, ...(section && { part: section.id }) })
      const name = [title, ...(section ? [section.id] : [])].join('-').toLowerCase()
      const { path } = await app.saveText({ title: 'Save as CSV', name: `${name}.csv`, text })
      if (path !== undefined) done(`Saved ${path}.`)
    } catch (error) {
      problem(sentenceOf(error))
    }
  }
}

import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { Segments } from '../ui/segments.tsx'

/** The parts of the Explorer. */
export function PartSwitch(): ReactNode {
  const part = useApp((state) => state.explorerPart)
  const show = useApp((state) => state.showExplorerPart)
  return (
    <Segments
      label="What the Explorer shows"
      active={part}
      onChange={show}
      segments={[
        { id: 'chain', title: 'Chain' },
        { id: 'overlay', title: 'Overlay' },
        { id: 'example', title: 'Examples' },
        { id: 'lab', title: 'Lab' },
      ]}
    />
  )
}

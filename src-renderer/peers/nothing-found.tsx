import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

export function NothingFound(props: { what: string; search: string; onClear: () => void }): ReactNode {
  return (
    <EmptyState
      icon={SearchX}
      title={`No ${props.what} here matches “${props.search.trim()}”`}
      actions={<Button onClick={props.onClear}>Show all</Button>}
    />
  )
}

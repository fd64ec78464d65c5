import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'

/** What a view shows when what it lists cannot be read. */
export function FeedFailed(props: { title: string; message: string; onRetry: () => void }): ReactNode {
  return (
    <div role="alert" className="h-full min-h-0 grow">
      <EmptyState
        icon={CloudOff}
        title={props.title}
        actions={
          <Button look="primary" onClick={props.onRetry}>
            Try again
          </Button>
        }
      >
        {props.message}
      </EmptyState>
    </div>
  )
}

import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** Catches a fault of the window itself: the engine goes on, and the window can be loaded again. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <div role="alert" className="h-full bg-surface">
        <EmptyState
          title="The window met a fault of its own"
          actions={
            <Button look="primary" onClick={() => window.location.reload()}>
              Load the window again
            </Button>
          }
        >
          Transfers go on behind it. Load the window again; if this comes back, start Shoal again.
        </EmptyState>
      </div>
    )
  }
}

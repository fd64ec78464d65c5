import { ArrowDownUp, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useApp } from './context.tsx'
import { TabBar } from './tab-bar.tsx'

/** A page whose part of Shoal does not exist yet: says what will be there, and shows nothing made up. */
export function NotYet(props: { title: string; icon: LucideIcon; sentence: string; children: ReactNode }): ReactNode {
  const go = useApp((state) => state.go)
  return (
    <>
      <TabBar title={props.title} />
      <EmptyState
        icon={props.icon}
        title={props.sentence}
        actions={
          <Button icon={ArrowDownUp} onClick={() => go('torrents')}>
            Go to torrents
          </Button>
        }
      >
        {props.children}
      </EmptyState>
    </>
  )
}

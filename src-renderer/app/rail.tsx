import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '../ui/cx.ts'
import { Tooltip } from '../ui/tooltip.tsx'
import { useApp, usePreferences } from './context.tsx'
import { Mark } from './mark.tsx'
import { PAGE_LOOKS } from './pages.ts'
import { PAGES, type Page } from './state.ts'
import { useMedia } from './use-media.ts'

const NARROW = '(max-width: 1000px)'
const ITEM = 'flex h-8 w-full items-center gap-3 rounded-sm px-2.5 font-medium transition-colors duration-100'

/** The way between the pages. Folds to icons by hand, or by itself in a narrow window until a person has chosen. */
export function Rail(): ReactNode {
  const narrow = useMedia(NARROW)
  const folded = usePreferences((state) => state.railCollapsed) ?? narrow
  const set = usePreferences((state) => state.set)
  const label = folded ? 'Show labels' : 'Hide labels'
  const Fold = folded ? PanelLeftOpen : PanelLeftClose
  return (
    <nav
      aria-label="Pages"
      className={cx('flex shrink-0 flex-col gap-0.5 border-r border-line bg-canvas p-2', folded ? 'w-13' : 'w-44')}
    >
      <div className="mb-2 flex h-8 items-center gap-2 px-1.5">
        <Mark size={24} />
        {!folded && <span className="text-title font-semibold">Shoal</span>}
      </div>
      {PAGES.map((page) => (
        <div key={page} className={cx(page === 'settings' && 'mt-auto')}>
          <RailItem page={page} folded={folded} />
        </div>
      ))}
      <WithName name={label} folded={folded}>
        <button
          type="button"
          aria-label={label}
          onClick={() => set({ railCollapsed: !folded })}
          className={cx(ITEM, 'text-muted hover:bg-hover hover:text-text')}
        >
          <Fold size={16} aria-hidden />
          {!folded && label}
        </button>
      </WithName>
    </nav>
  )
}

function RailItem({ page, folded }: { page: Page; folded: boolean }): ReactNode {
  const { title, icon: Icon } = PAGE_LOOKS[page]
  const current = useApp((state) => state.page === page)
  const go = useApp((state) => state.go)
  return (
    <WithName name={title} folded={folded}>
      <button
        type="button"
        aria-label={title}
        aria-current={current ? 'page' : undefined}
        onClick={() => go(page)}
        className={cx(ITEM, current ? 'bg-selected text-accent-text' : 'text-muted hover:bg-hover hover:text-text')}
      >
        <Icon size={16} aria-hidden className="shrink-0" />
        {!folded && title}
      </button>
    </WithName>
  )
}

function WithName(props: { name: string; folded: boolean; children: ReactNode }): ReactNode {
  if (!props.folded) return props.children
  return (
    <Tooltip text={props.name} side="right">
      {props.children}
    </Tooltip>
  )
}

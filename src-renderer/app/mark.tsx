import type { ReactNode } from 'react'
import markUrl from '../../resources/mark.svg?no-inline'

/** Shoal's mark. Always beside its name or for ornament, so it has no name of its own. */
export function Mark(props: { size: number }): ReactNode {
  return <img src={markUrl} alt="" width={props.size} height={props.size} draggable={false} className="shrink-0" />
}

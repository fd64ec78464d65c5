import { type ReactNode, useState } from 'react'
import { firstOf, useStatus } from '../client/context.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** What happened to the profile and must be known; stays until the person has put it away. */
export function ProfileWarning(): ReactNode {
  const warning = firstOf(useStatus())?.warning ?? ''
  const [putAway, setPutAway] = useState('')
  if (warning === '' || warning === putAway) return null
  return (
    <Notice
      tone="warning"
      edge
      action={
        <Button look="quiet" onClick={() => setPutAway(warning)} className="-my-1">
          Put away
        </Button>
      }
    >
      {warning}
    </Notice>
  )
}

import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { SearchState } from '../client/types.ts'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { FoundList, NearestList } from './search-result.tsx'

const KEY = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
const search: SearchState = {
  ...{ id: '01', overlay: 'kademlia', target: KEY, method: 'get', state: 'done', steps: [] },
  ...{ found: ['Hello World!'], form: 'text' },
  result: {
    ...{ target: KEY, hops: 1, requests: 1, timeouts: 0, took: 80, path: [] },
    closest: [{ nodeId: KEY, address: '192.0.2.1:6881' }],
  },
}

test('what a value is written as stands beside the value', () => {
  render(<FoundList search={search} />, { wrapper: TooltipProvider })
  expect(screen.getByRole('listitem').textContent).toContain('Text')
})

test('and not beside the nodes that were nearest to it', () => {
  render(<NearestList search={search} />, { wrapper: TooltipProvider })
  expect(screen.getByRole('table').textContent).not.toContain('Text')
})

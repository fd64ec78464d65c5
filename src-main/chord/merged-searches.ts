/** What the rings of two address families found in one search, as one result. */
import { newer } from '../items/item-rules.ts'
import type { GetReport, PutReport, SearchCost } from '../kernel/key-value-store.ts'
import type { ChordContact } from './contact.ts'
import type { ChordSearchResult } from './overlay.ts'
import type { RingId } from './ring-id.ts'

export const NO_COST: SearchCost = { hops: 0, requests: 0, timeouts: 0, took: 0 }

type WithOwners = { readonly owners: readonly ChordContact[] }

/** The owners of all; the way is that of the first that found any. */
export function mergeFound(target: RingId, results: readonly ChordSearchResult[]): ChordSearchResult {
  const path = results.find(({ owners }) => owners.length > 0)?.path ?? []
  return { target, owners: ownersOf(results), path, cost: mergeCosts(results) }
}

export function mergePuts<R extends PutReport & WithOwners>(reports: readonly [R, ...R[]]): PutReport & WithOwners {
  const refused = new Map<number, number>()
  for (const report of reports) {
    for (const [code, count] of report.refused) refused.set(code, (refused.get(code) ?? 0) + count)
  }
  const stored = reports.reduce((sum, report) => sum + report.stored, 0)
  return { target: reports[0].target, stored, refused, owners: ownersOf(reports), cost: mergeCosts(reports) }
}

export function mergeGets<R extends GetReport & WithOwners>(reports: readonly [R, ...R[]]): GetReport & WithOwners {
  const item = reports.map((report) => report.item).reduce(newer)
  const holders = reports.reduce((sum, report) => sum + report.holders, 0)
  return { target: reports[0].target, item, holders, owners: ownersOf(reports), cost: mergeCosts(reports) }
}

function ownersOf(results: readonly WithOwners[]): ChordContact[] {
  return results.flatMap(({ owners }) => owners)
}

function mergeCosts(results: readonly { readonly cost: SearchCost }[]): SearchCost {
  const costs = results.map(({ cost }) => cost)
  return {
    hops: Math.max(0, ...costs.map(({ hops }) => hops)),
    requests: costs.reduce((sum, { requests }) => sum + requests, 0),
    timeouts: costs.reduce((sum, { timeouts }) => sum + timeouts, 0),
    took: Math.max(0, ...costs.map(({ took }) => took)),
  }
}

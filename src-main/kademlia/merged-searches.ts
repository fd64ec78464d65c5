/** What several nodes found in one search, as one result. Two families of address are two networks (BEP 32). */

import { newer } from '../items/item-rules.ts'
import type { GetReport, PutReport, SearchCost } from '../kernel/key-value-store.ts'
import type { LookupResult } from './lookup-result.ts'
import { compareDistance, insertByDistance, type NodeId } from './node-id.ts'

/** The nearest of all; the way is that of the search that came nearest, the effort is added up. */
export function mergeLookups<P>(
  target: NodeId,
  results: readonly [LookupResult<P>, ...LookupResult<P>[]],
): LookupResult<P> {
  if (results.length === 1) return results[0]
  const best = results.reduce((a, b) => (isNearer(b, a, target) ? b : a))
  const most = Math.max(...results.map(({ closest }) => closest.length))
  const closest: LookupResult<P>['closest'][number][] = []
  for (const result of results) for (const contact of result.closest) insertByDistance(closest, contact, target, most)
  const sum = (of: (result: LookupResult<P>) => number) => results.reduce((total, result) => total + of(result), 0)
  return {
    target,
    closest,
    path: best.path,
    hops: best.hops,
    requests: sum(({ requests }) => requests),
    replies: sum(({ replies }) => replies),
    stalls: sum(({ stalls }) => stalls),
    timeouts: sum(({ timeouts }) => timeouts),
    payloads: results.flatMap(({ payloads }) => payloads),
    asked: results.flatMap(({ asked }) => asked),
  }
}

export function mergePuts(reports: readonly [PutReport, ...PutReport[]]): PutReport {
  const refused = new Map<number, number>()
  for (const report of reports) {
    for (const [code, count] of report.refused) refused.set(code, (refused.get(code) ?? 0) + count)
  }
  const stored = reports.reduce((sum, report) => sum + report.stored, 0)
  return { target: reports[0].target, stored, refused, cost: mergeCosts(reports) }
}

export function mergeGets(reports: readonly [GetReport, ...GetReport[]]): GetReport {
  const item = reports.map((report) => report.item).reduce(newer)
  const holders = reports.reduce((sum, report) => sum + report.holders, 0)
  return { target: reports[0].target, item, holders, cost: mergeCosts(reports) }
}

function mergeCosts(reports: readonly { readonly cost: SearchCost }[]): SearchCost {
  const costs = reports.map(({ cost }) => cost)
  return {
    hops: Math.max(...costs.map(({ hops }) => hops)),
    requests: costs.reduce((sum, { requests }) => sum + requests, 0),
    timeouts: costs.reduce((sum, { timeouts }) => sum + timeouts, 0),
    took: Math.max(...costs.map(({ took }) => took)),
  }
}

function isNearer(a: LookupResult<unknown>, b: LookupResult<unknown>, target: NodeId): boolean {
  const [x, y] = [a.closest[0], b.closest[0]]
  return x !== undefined && (y === undefined || compareDistance(x.id, y.id, target) < 0)
}

/** Values on a line, checked: each says what is wrong with it and how it should look. */
import { isAbsolute, resolve } from 'node:path'
import type { Endpoint } from '../kernel/network.ts'
import { UsageError } from './command.ts'

/** An absolute path, from where the user stands. */
export function pathOf(text: string, workingDirectory: string): string {
  if (text === '' || text.includes('\0')) throw new UsageError('A path is empty; name a file or folder.')
  return isAbsolute(text) ? text : resolve(workingDirectory, text)
}

/** `HOST:PORT`, an IPv6 host in brackets; port 0 is any, where `smallestPort` allows it. */
export function endpointOf(text: string, flag: string, smallestPort = 0): Endpoint {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (!match || port < smallestPort || port > 65_535)
    throw new UsageError(`${flag}: "${text}" is no HOST:PORT; write it like 127.0.0.1:6881.`)
  return { host: (match[1] ?? match[2]) as string, port }
}

/** A whole number within bounds. */
export function integerOf(text: string, flag: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max))
    throw new UsageError(`${flag}: "${text}" will not do; give a whole number from ${min} to ${max}.`)
  return value
}

/** One of a few words. */
export function wordOf<const W extends string>(text: string, flag: string, words: readonly W[]): W {
  const found = words.find((word) => word === text)
  if (!found) throw new UsageError(`${flag}: there is no "${text}"; use ${words.join(', ')}.`)
  return found
}

/** Some of a few words, with commas between them; in the order of `words`, each once. */
export function wordsOf<const W extends string>(text: string, flag: string, words: readonly W[]): readonly W[] {
  const given = new Set(text.split(',').map((word) => wordOf(word, flag, words)))
  return words.filter((word) => given.has(word))
}

/** A part of a whole from 0 to `max`, as a decimal number. */
export function fractionOf(text: string, flag: string, max = 1): number {
  const value = /^\d{1,3}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= 0 && value <= max))
    throw new UsageError(`${flag}: "${text}" will not do; give a number from 0 to ${max}.`)
  return value
}

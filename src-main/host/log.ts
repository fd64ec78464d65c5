/**
 * The log: one line for each event, as text for people or as JSON for programs, to standard error or to a file of bounded
 * size in the profile. Writing never throws: a log that cannot be written must not stop what it tells about.
 */
import fs from 'node:fs'
import { dirname } from 'node:path'
import { toHex } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { Log, LogLevel } from '../kernel/log.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
/** A fact longer than this is cut: facts may hold text from outside. */
const MAX_FACT_CHARACTERS = 1_000
const MAX_LINE_CHARACTERS = 8_000
const DEFAULT_MAX_FILE_BYTES = 4 * 1024 * 1024
/** Bytes are shown in hexadecimal up to this many. */
const MAX_SHOWN_BYTES = 64

/** Where lines go. Each call gets one line without its end. */
export interface LogSink {
  write(line: string): void
  close(): void
}

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  readonly sink: LogSink
}

export function createLog(options: LogOptions, subject = ''): Log {
  return {
    write: (level, event, facts) => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(options.level)) return
      try {
        const entry = { at: new Date().toISOString(), level, event: subject + event, facts: shownFacts(facts ?? {}) }
        options.sink.write(
          (options.format === 'json' ? jsonLine(entry) : textLine(entry)).slice(0, MAX_LINE_CHARACTERS),
        )
      } catch {
        // Nobody is left to be told.
      }
    },
    child: (name) => createLog(options, `${subject}${name}: `),
  }
}

/** Lines to standard error. */
export function standardErrorSink(): LogSink {
  return {
    write: (line) => {
      try {
        fs.writeSync(2, `${line}\n`)
      } catch {
        // A closed or full pipe: this line is lost.
      }
    },
    close() {},
  }
}

/** Lines to a file that only its owner reads. When it is full it becomes `PATH.old`, and a new one begins. */
export function fileSink(path: string, maxBytes = DEFAULT_MAX_FILE_BYTES): LogSink {
  let fd = -1
  let size = 0
  const close = (): void => {
    if (fd >= 0) fs.closeSync(fd)
    fd = -1
  }
  const open = (): void => {
    fs.mkdirSync(dirname(path), { recursive: true })
    fd = fs.openSync(path, 'a', 0o600)
    size = fs.fstatSync(fd).size
  }
  return {
    write: (line) => {
      try {
        const bytes = Buffer.from(`${line}\n`)
        if (fd < 0) open()
        if (size > 0 && size + bytes.length > maxBytes) {
          close()
          fs.renameSync(path, `${path}.old`)
          open()
        }
        size += fs.writeSync(fd, bytes)
      } catch {
        // A full disk or a missing folder: this line is lost.
      }
    },
    close,
  }
}

interface Entry {
  readonly at: string
  readonly level: LogLevel
  readonly event: string
  readonly facts: Readonly<Record<string, unknown>>
}

const jsonLine = ({ facts, ...entry }: Entry) => JSON.stringify({ ...facts, ...entry })

function textLine({ at, level, event, facts }: Entry): string {
  const shown = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return [at, level.toUpperCase().padEnd(5), withoutControls(event), ...shown].join(' ')
}

/** Each fact as plain data that JSON knows, cut to size. */
function shownFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, shownFact(value)]))
}

function shownFact(value: unknown): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return shortened(value)
  if (value instanceof Uint8Array) {
    return toHex(value.subarray(0, MAX_SHOWN_BYTES)) + (value.length > MAX_SHOWN_BYTES ? '…' : '')
  }
  if (value instanceof Error) return { code: codeOf(value), message: shortened(value.message) }
  const json = JSON.stringify(value, (_name, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))
  return json === undefined || json.length > MAX_FACT_CHARACTERS ? shortened(json ?? String(value)) : JSON.parse(json)
}

const shortened = (text: string) =>
  text.length > MAX_FACT_CHARACTERS ? `${text.slice(0, MAX_FACT_CHARACTERS)}…` : text

/** Text from outside must not move a terminal's cursor or make up lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const withoutControls = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

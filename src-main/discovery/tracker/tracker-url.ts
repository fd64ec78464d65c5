/**
 * Which tracker URLs we use. A URL comes from a .torrent or a magnet, that is from anyone, so it must not make us a tool
 * against the machine we run on: no credentials, no look-alike host names, and on loopback only the path `/announce`.
 */
import { canonicalIp, isLoopbackIp } from '../../codec/ip-address.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import { TrackerError } from './tracker-error.ts'
import { trackerText } from './tracker-text.ts'

export const MAX_TRACKER_URL_LENGTH = 2_048

export type TrackerUrl =
  | {
      readonly scheme: 'http' | 'https'
      /** Absolute, without a fragment. */
      readonly url: string
      /** `host:port` for people. */
      readonly name: string
      /** Name or IP literal, without brackets. */
      readonly host: string
      readonly path: string
    }
  | {
      readonly scheme: 'udp'
      readonly name: string
      readonly host: string
      readonly port: number
      /** Path and query for BEP 41; empty where they say nothing (none, or `/announce`). */
      readonly urlData: string
    }

/** @throws TrackerError `URL_REFUSED` */
export function parseTrackerUrl(text: string): TrackerUrl {
  const refuse = (why: string) => new TrackerError(nameOf(text), { code: 'URL_REFUSED', why })
  if (text.length > MAX_TRACKER_URL_LENGTH) throw refuse(`it is longer than ${MAX_TRACKER_URL_LENGTH} characters`)
  // `http:host` without slashes is read by the URL standard in ways that no tracker means.
  if (!/^(https?|udp):\/\/[^/?#\\]/i.test(text)) throw refuse('only http://, https:// and udp:// trackers are known')
  const url = urlOf(text)
  if (!url) throw refuse('it is not a URL')
  if (url.username !== '' || url.password !== '') throw refuse('it contains a user name or a password')
  const host = hostOf(url)
  if (host === undefined) throw refuse('its host is not a name or an IP address')
  if (/(^|\.)xn--/.test(host)) throw refuse('its host name is not plain ASCII')
  if (/^udp:/i.test(text)) {
    // Read again under its own scheme, because under http: the URL standard leaves port 80 out.
    const port = Number(new URL(text).port)
    if (port < 1) throw refuse('it has no port')
    const data = `${url.pathname}${url.search}`
    return {
      scheme: 'udp',
      name: formatEndpoint({ host, port }),
      host,
      port,
      urlData: ['/', ANNOUNCE_PATH].includes(data) ? '' : data,
    }
  }
  if (isLoopbackHost(host) && url.pathname !== ANNOUNCE_PATH) throw refuse(LOOPBACK_RULE)
  url.hash = ''
  return {
    scheme: url.protocol === 'http:' ? 'http' : 'https',
    url: url.href,
    name: url.host,
    host,
    path: url.pathname,
  }
}

/** The only path that is asked of a tracker on this machine (libtorrent has the same rule against forged requests). */
export const ANNOUNCE_PATH = '/announce'
export const LOOPBACK_RULE = 'on this machine only the path /announce is asked'

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackIp(host)
}

/** The URL under the host rules of http, which the URL standard applies to no scheme it does not know. */
function urlOf(text: string): URL | undefined {
  try {
    return new URL(text.replace(/^udp:/i, 'http:'))
  } catch {
    return undefined
  }
}

function hostOf(url: URL): string | undefined {
  const name = url.hostname.replace(/\.$/, '')
  const host = name.startsWith('[') ? name.slice(1, -1) : name
  if (host.includes(':') || /^[\d.]+$/.test(host)) return canonicalIp(host)
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? host : undefined
}

/** A refused URL for people: short, and without what may be secret in it. */
function nameOf(text: string): string {
  const shown = (text.split(/[?#]/, 1)[0] as string).replace(/\/\/[^/]*@/, '//')
  return trackerText(shown).slice(0, 100)
}

/**
 * Electron's security list, the items that are about sessions and pages: 5 permissions, 11-12 webview, 13 navigation,
 * 14 new windows, 15 openExternal. Window options are in window.ts, the protocol in app-protocol.ts, the sender check in ipc.ts.
 */
import { type App, type Session, shell } from 'electron'
import { ShellError } from '../engine/app/shell.ts'
import { APP_ORIGIN } from './app-protocol.ts'

/** The only pages Shoal may open in the browser: its own. Compared after parsing, host and start of path. */
const EXTERNAL_PAGES: readonly { readonly host: string; readonly path: string }[] = [
  { host: 'www.bittorrent.org', path: '/beps/' },
]

/** Every page of every session: no permission, no other page, no new window, no embedded page. */
export function guardPages(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

export function denyPermissions(session: Session): void {
  // Copying a hash is a click of the user on our own page: the one thing a page may do.
  const allowed = (permission: string, url: string) => permission === 'clipboard-sanitized-write' && isOwnPage(url)
  session.setPermissionRequestHandler((contents, permission, done) => done(allowed(permission, contents.getURL())))
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, `${origin}/`))
  session.setDevicePermissionHandler(() => false)
}

/** Whether a URL is a page of Shoal's own, by its parsed origin. */
export function isOwnPage(url: string): boolean {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}` === APP_ORIGIN
  } catch {
    return false
  }
}

/** Whether the browser may be asked to open it: https, no credentials, no port, on the list. */
export function isAllowedExternal(text: string): boolean {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return false
  }
  if (url.protocol !== 'https:' || url.username || url.password || url.port) return false
  return EXTERNAL_PAGES.some(({ host, path }) => url.hostname === host && url.pathname.startsWith(path))
}

export async function openExternal(text: string): Promise<void> {
  if (!isAllowedExternal(text))
    throw new ShellError(
      { code: 'ADDRESS_REFUSED', url: text },
      'Shoal opens only its own pages; copy the address to your browser if you trust it.',
    )
  await shell.openExternal(new URL(text).href)
}

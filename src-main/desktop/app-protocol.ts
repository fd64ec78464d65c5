/**
 * Serves the window's own files as `app://shoal/…` (Electron's security list, items 7 and 18): a fixed folder, read only,
 * each answer with the content security policy. Nothing else of the disk can be named.
 */
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { type Protocol, protocol } from 'electron'

export const APP_ORIGIN = 'app://shoal'

/** No inline script or style, no `eval`, no connection anywhere: the page talks to the engine through the bridge alone. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Before the app is ready: makes `app:` a standard, secure scheme with an origin of its own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
}

/** The file below `folder` that a URL names, or undefined for anything else. */
export function fileFor(url: string, folder: string): string | undefined {
  const { protocol: scheme, host, pathname } = new URL(url)
  if (scheme !== 'app:' || host !== 'shoal') return undefined
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(folder + sep) && TYPES[extname(file)] && !file.includes('\0') ? file : undefined
}

export function serveApp(target: Protocol, folder: string): void {
  target.handle('app', async (request) => {
    const file = request.method === 'GET' ? fileFor(request.url, folder) : undefined
    const content = file && (await readFile(file).catch(() => undefined))
    if (!file || !content) return new Response('Not found', { status: 404 })
    return new Response(new Uint8Array(content), {
      headers: {
        'content-type': TYPES[extname(file)] as string,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
      },
    })
  })
}

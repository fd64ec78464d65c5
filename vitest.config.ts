import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const node = (name: string, include: string[], extra = {}) => ({
  test: { name, environment: 'node', include, ...extra },
})
/** A guard against what hangs, not a measure: far beyond what a busy machine needs; the long tier has no hurry. */
const LIMIT = process.env.SHOAL_LONG === '1' ? 1_800_000 : 120_000
const patient = { testTimeout: LIMIT, hookTimeout: LIMIT }
const slow = { ...patient, fileParallelism: false }

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src-*/**/*.{ts,tsx}'],
      exclude: ['**/*.d.ts', '**/*.test.ts', '**/*.test.tsx'],
      reporter: ['text', 'json-summary'],
    },
    projects: [
      node('unit', ['src-*/**/*.test.ts', 'test/guards/**/*.test.ts', 'scripts/**/*.test.ts'], patient),
      node('scenarios', ['test/scenarios/**/*.test.ts'], patient),
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['src-renderer/**/*.test.tsx'],
          setupFiles: ['test/setup-dom.ts'],
          ...patient,
        },
      },
      node('interop', ['test/interop/**/*.test.ts'], slow),
      node('e2e', ['test/e2e/**/*.test.ts'], slow),
    ],
  },
})

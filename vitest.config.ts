import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const node = (name: string, include: string[], extra = {}) => ({
  test: { name, environment: 'node', include, ...extra },
})
/** A guard against what hangs, not a measure: far beyond what a busy machine needs; the long tier has no hurry. */
const LIMIT = process.env.SHOAL_LONG === '1' ? 1_800_000 : 120_000
const patient = { testTimeout: LIMIT, hookTimeout: LIMIT }
/** What computes: a file on each core. Vitest alone would leave one core idle, which of two is half of them. */
const computes = { ...patient, maxWorkers: '100%' }
/** What mostly waits for other programs, each test in a network or with ports of its own. In a group of its own, as Vitest asks. */
const waits = { ...patient, maxWorkers: 3, sequence: { groupOrder: 1 }, globalSetup: ['test/interop/build.ts'] }
const alone = { ...patient, fileParallelism: false }

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src-*/**/*.{ts,tsx}'],
      exclude: ['**/*.d.ts', '**/*.test.ts', '**/*.test.tsx'],
      reporter: ['text', 'json-summary'],
    },
    projects: [
      node('unit', ['src-*/**/*.test.ts', 'test/guards/**/*.test.ts', 'scripts/**/*.test.ts'], computes),
      node('scenarios', ['test/scenarios/**/*.test.ts'], computes),
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['src-renderer/**/*.test.tsx'],
          setupFiles: ['test/setup-dom.ts'],
          ...computes,
        },
      },
      node('interop', ['test/interop/**/*.test.ts'], waits),
      node('e2e', ['test/e2e/**/*.test.ts'], alone),
    ],
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const node = (name: string, include: string[], extra = {}) => ({
  test: { name, environment: 'node', include, ...extra },
})
const slow = { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src-*/**/*.{ts,tsx}'],
      exclude: ['**/*.d.ts', '**/*.test.ts', '**/*.test.tsx'],
      reporter: ['text', 'json-summary'],
    },
    projects: [
      node('unit', ['src-*/**/*.test.ts', 'test/guards/**/*.test.ts', 'scripts/**/*.test.ts']),
      node('scenarios', ['test/scenarios/**/*.test.ts'], { testTimeout: 120_000 }),
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['src-renderer/**/*.test.tsx'],
          setupFiles: ['test/setup-dom.ts'],
        },
      },
      node('interop', ['test/interop/**/*.test.ts'], slow),
      node('e2e', ['test/e2e/**/*.test.ts'], slow),
    ],
  },
})

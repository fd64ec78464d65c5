import '../app/no-eval.ts'

void import('./start.tsx')

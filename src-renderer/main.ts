// A chunk of its own after this one: static imports would build the first schemas before they are told.
import './app/no-eval.ts'

void import('./start.tsx')

/** The thread of the Lab: runs the experiment that it is told to when others leave time, until it is ended. */
import { lowerThreadPriority } from '../host/thread-priority.ts'
import { linkToParent } from '../host/threads.ts'
import { nextTurn } from '../host/turn.ts'
import { EXPERIMENTS } from '../lab/experiments.ts'
import { serveLab } from '../lab/thread/serve-lab.ts'

lowerThreadPriority()
serveLab(linkToParent(), EXPERIMENTS, nextTurn)

import type { Failure, ProblemText } from './failure.ts'
import { textsOfBytes } from './problem-texts-of-bytes.ts'
import { textsOfRequests } from './problem-texts-of-requests.ts'
import { textsOfStates } from './problem-texts-of-states.ts'
import { textsOfThings } from './problem-texts-of-things.ts'
import { textsOfTokens } from './problem-texts-of-tokens.ts'

/** The text of every failure, in sentences whose only markup is inline code. A failure without one does not compile. */
export const problemTexts = {
  ...textsOfRequests,
  ...textsOfTokens,
  ...textsOfThings,
  ...textsOfStates,
  ...textsOfBytes,
} as const satisfies Record<Failure, ProblemText>

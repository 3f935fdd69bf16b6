import { type SQL, sql } from 'drizzle-orm'
import type { Grant } from '../domain/access.ts'
import { addressing, consulted, type Guard, judged, type Kept, permitted, refusal, VERDICT } from './guard.ts'
import {
  type Arguments,
  argumentsOf,
  type Build,
  type Compiled,
  declare,
  type Front,
  textOf,
  undeclared,
} from './sql.ts'

/**
 * How the statements of a batch are declared. One request has one guard, and a batch of three tenses: the guarded
 * commands, which the guard lets pass or not, all of them alike; the following ones, which hang on the rows that those
 * have made; and the outcome, which tells the refusal or what became of it.
 *
 * The tenses are in the names: a gerund is the guard (`upserting`), a verb the command (`upsert`), a participle the
 * outcome (`upserted`), and the plan of all of them has its full name (`upsertEpisode`).
 */
const forms = { addressing, permitted, judged, consulted } as const

type Form = keyof typeof forms

/** All that can refuse one kind of request, by its name. */
export class NamedGuard<A extends object> {
  readonly name: string
  readonly #build: (a: Arguments<A>) => Guard
  readonly #texts = new Map<Form, string>()

  constructor(name: string, build: (a: Arguments<A>) => Guard) {
    this.name = name
    this.#build = build
  }

  /** What it takes of role and scopes; undefined where nothing is taken. */
  get grant(): Grant | undefined {
    return this.#build(argumentsOf<A>()).grant
  }

  /** What it knows of the key of a request; undefined where requests have none. */
  get kept(): Kept | undefined {
    return this.#build(argumentsOf<A>()).kept
  }

  /** The text in front of a statement, made once however many carry it. */
  as(form: Form): Front {
    const textIn = (): string => {
      const text = this.#texts.get(form) ?? textOf<A>((a) => forms[form](this.#build(a)))
      this.#texts.set(form, text)
      return text
    }
    return {
      guard: this.name,
      form,
      get text() {
        return textIn()
      },
    }
  }
}

/** Declares a guard; its name is `<aggregate>.<gerund>`. */
export function guard<A extends object>(name: string, build: (a: Arguments<A>) => Guard): NamedGuard<A> {
  const declared = new NamedGuard(name, build)
  named.push(declared)
  return declared
}

const named: NamedGuard<never>[] = []

/** Every guard there is, for the tests that look at all of them. */
export const guards: readonly NamedGuard<never>[] = named

/** A command that the guard lets pass: it hangs on `permit`, which has a row then, and else none. */
export const guarded = <G extends object, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
): Compiled<A> => declare(name, 'guarded', build, by.as('permitted'))

/**
 * A command that hangs on a row which a guarded one of the same batch has made, and writes nothing where there is none.
 * `by` is the guard whose tables it finds that row by, where it needs them.
 */
export const following = <A extends object>(
  name: string,
  build: Build<A>,
  by?: NamedGuard<never>,
): Compiled<A> => declare(name, 'following', build, by?.as('addressing') ?? null)

/** The command that keeps the answer of a request for when it is sent again; it hangs on `permit`, which then has a row. */
export const keeping = <A extends object>(
  by: NamedGuard<never>,
  name: string,
  build: Build<A>,
): Compiled<A> => declare(name, 'keeping', build, by.as('consulted'))

/** A command of the schedule, which nobody asks for: no request runs it before its answer. */
export const scheduled = <A extends object>(name: string, build: Build<A>): Compiled<A> =>
  declare(name, 'scheduled', build)

/** A command whose whole authority is its own condition; the test of all commands lists each, with the reason. */
export const unguarded = <A extends object>(name: string, build: Build<A>): Compiled<A> =>
  declare(name, 'unguarded', build)

/** The query that tells the refusal, or what became of the request: it selects `refusal`, from `VERDICT`. */
export const outcome = <G extends object, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
): Compiled<A> => declare(name, 'query', build, by.as('judged'))

/** The outcome of a request that reads: what it asks for hangs on `permit`. */
export const consulting = <G extends object, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
): Compiled<A> => declare(name, 'query', build, by.as('consulted'))

/** The same, of a text that is made of what a request asks; whoever makes it keeps a bounded number of them. */
export const consultingOnce = <G extends object, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
): Compiled<A> => undeclared(name, build, by.as('consulted'))

/** A query beside the outcome: its rows hang on `permit`. */
export const granted = <G extends object, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
): Compiled<A> => declare(name, 'query', build, by.as('permitted'))

/** The outcome of which nothing is told but whether the request was refused; `readVerdict` reads it. */
export const verdict = <G extends object>(by: NamedGuard<G>, name: string): Compiled<G> =>
  outcome(by, name, (): SQL => sql`select ${refusal} from ${VERDICT}`)

import { type SQL, sql } from 'drizzle-orm'
import { episodes } from '../../../drizzle/schema.ts'
import { ADMITTED, type Refusing, refusal, VERDICT } from '../../db/guard.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, type Plan } from '../../db/plan.ts'
import { type Argument, type Arguments, assign } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard, guarded } from '../../db/statements.ts'
import { type Resource, readResource, type Stamp, touched } from '../../db/write.ts'
import { MOST_TAGS } from '../../domain/text.ts'

/** Tags that are put to those of an episode, or taken away, so that nobody has to write back the whole list. */
export interface TagChanges {
  /** Each once; no tag is in both. */
  readonly tagsAdd?: readonly string[]
  readonly tagsRemove?: readonly string[]
}

const most = sql.raw(String(MOST_TAGS))
/** What is new comes behind all that may be there. */
const BEHIND = sql.raw('1000')

const each = (argument: Argument): SQL => sql`(select value from ${argument.each})`

/**
 * The tags as they would be: those that stay, and behind them what is new. `json_each` walks a list in its order. `tags` is
 * the JSON of those that are there.
 */
export const changedTags = (a: Arguments<TagChanges>, tags: SQL): SQL => sql`(
  select json_group_array(value) from (select value from (
      select value, key as place from json_each(${tags}) where value not in ${each(a.tagsRemove)}
      union all
      select value, ${BEHIND} + key from ${a.tagsAdd.each})
    group by value order by min(place)))`

/** The 400 of an episode that would have more tags than it may. */
export const tooManyTags = (a: Arguments<TagChanges>): Refusing => [
  'too_many_tags',
  sql`(${a.tagsAdd.given} or ${a.tagsRemove.given}) and (select json_array_length(${changedTags(a, sql`${episodes.tags}`)}) > ${most}
    from target cross join ${episodes} on ${episodes.id} = target.id)`,
]

type Tagging = ProjectRef &
  Stamp &
  TagChanges & {
    /** Of episodes, each once. */
    readonly names: readonly string[]
  }

/** `named`: the episodes of those names, in their order, with the tags that they would have, and why they are passed over. */
const named = (a: Arguments<Tagging>): SQL => sql`asked as materialized (
    select given.value as name, ${episodes.id} as id, ${episodes.tags} as tags,
      ${episodes.writeProtected} as write_protected, ${changedTags(a, sql`${episodes.tags}`)} as changed
    from ${ADMITTED} cross join ${a.names.each} as given
    left join ${episodes} on ${episodes.projectId} = standing.project_id and ${episodes.name} = given.value
      and ${live(episodes)}),
  named as materialized (
    select name, id, tags, changed, case when id is null then 'episode_not_found'
      when write_protected then 'episode_write_protected'
      when json_array_length(changed) > ${most} then 'too_many_tags' end as code from asked)`

const tagging = guard<Tagging>('episodes.tagging', (a) =>
  projectGuard(a, 'write', { tables: [named(a)], ...keyedAt(sql`standing.project_id`, a) }),
)

/** What has been changed before is found as it would be. */
const tag = guarded(
  tagging,
  'episodes.tag',
  (a) =>
    sql`update ${episodes} set ${assign(episodes, {
      tags: sql`(select changed from named where named.id = ${episodes.id})`,
      ...touched(episodes, a),
    })} where ${episodes.id} in (
      select named.id from permit cross join named where code is null and changed <> tags)`,
)

/** How many this request has changed, and those that it has passed over. */
const tagged = keepable(
  tagging,
  'episodes.tagged',
  (a) => sql`select ${refusal}, standing.project_id as id, 1 as version, 0 as created, json_object(
      'changed', (select count(*) from named cross join ${episodes} on ${episodes.id} = named.id
        where ${episodes.updatedRequest} = ${a.mark}),
      'skipped', (select json_group_array(json_object('name', name, 'code', code)) from (
        select name, code from named where code is not null))) as body
    from ${VERDICT}`,
)

/** Changes the tags of many episodes, each by itself: what cannot be changed does not keep the others. */
export const tagEpisodes = (values: Tagging): Plan<Resource> =>
  settled([act(tag, values)], tagged, values, readResource)

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { find, findAll, havingOne, names } from '../../support/finding.ts'
import { type Answer, Tenant } from '../../support/world.ts'

describe('a query', () => {
  const given = {
    description: 'In the rain, at night',
    tags: ['front', 'a,b', 'say "x\\y"'],
    status: 'completed',
    folder: '/a/b c',
    startedAt: '2026-01-31T10:00:00Z',
    durationMs: 1_500,
    metadata: {
      robot: 'arm-3',
      score: 0.75,
      'avg score': -1.5,
      'a"b\\c.d': 'odd',
      n: { m: [1, 'x', true, null, { y: 2 }, 1e300], e: {}, l: [] },
      z: null,
      t: true,
      num: '042',
      day: '2026-01-31',
      ü: 'Ö',
      '': 'empty',
    },
  }
  const both = ['given', 'bare']
  const yes = ['given']
  const no = ['bare']

  it.each<[string, string[]]>([
    ['status:completed', yes],
    ['STATUS=completed', yes],
    ['status:comp*', yes],
    ['status!=completed', no],
    ['-status:completed', no],
    ['NOT status:completed', no],
    ['status:failed,completed', yes],
    ['status:failed OR status:completed', yes],
    ['status:completed tag:back', []],
    ['status:completed AND tag:front', yes],
    ['status:running (tag:front OR name:bare)', no],
    ['(status:running)(name:bare)name:b*', no],
    ['status:running(name:bare)', no],
    ['name:given', yes],
    ['name:Given', []],
    ['name:g*,b*', both],
    ['name:c..h', yes],
    ['name:..given', both],
    ['name:*', both],
    ['tag:front tag:"a,b"', yes],
    ['tag:a,b', []],
    ['tag:"say \\"x\\\\y\\""', yes],
    ['tag:"say "*', yes],
    ['tag:null', no],
    ['tag:*', yes],
    ['tag:f..g', yes],
    ['tag!=front', no],
    ['tag:1,2,3,4,5,6,7,8,9,front', yes],
    ['description:"In the rain, at night"', yes],
    ['description:In*', yes],
    ['description:null', no],
    ['-description:rain', both],
    ['-description:a*', both],
    ['description!=a..b', both],
    ['-meta.score>1', both],
    ['-(started:2020 OR duration>1h)', both],
    ['protected:false', both],
    ['protected:true', []],
    ['folder:"/a/b c"', yes],
    ['folder:"/a/b c/"', yes],
    ['folder:/a', []],
    ['folder:/a/*', yes],
    ['folder:/', no],
    ['folder:/*', both],
    ['has:*', []],
    ['has:null', both],
    ['has:video,audio', []],
    ['created:*', both],
    ['created>now-1h', both],
    ['created<=now', both],
    ['created<now-1w', []],
    ['started:2026', yes],
    ['started:2026-01-31', yes],
    ['started:2026-01-31T10:00:00Z', yes],
    ['started:2026-01-31T11:00:00.000+01:00', yes],
    ['started>2026-01', []],
    ['started>=2026-01-31T10:00:00Z', yes],
    ['started>2026-01-31T10:00:00Z', []],
    ['started<2026-01-31', []],
    ['started<=2026-01-31', yes],
    ['started!=2026-01', no],
    ['started:2026-01..2026-02', yes],
    ['started:..2025,2026-01-31..', yes],
    ['started:2027..2025', []],
    ['started:null', no],
    ['ended:null', both],
    ['duration:1.5s', yes],
    ['duration:1500ms', yes],
    ['duration>1s', yes],
    ['duration>1.5s', []],
    ['duration<0.025m duration>=1.4999s', []],
    ['duration:1.4995s..1.5005s', yes],
    ['duration:1s..2s', yes],
    ['during:2026-01-31T10:00:01Z', yes],
    ['during:2026-01-31T10:00:02Z', []],
    ['during:2026-02..', []],
    ['during:..2026-01', yes],
    ['during:*', yes],
    ['during:null', no],
    ['during:2027..2025', []],
    ['during:now..now-20w', []],
    ['duration:1.500s..1.5s', yes],
    ['duration:0.025m', yes],
    ['folder:"/a/b c".."/a/b c"', yes],
    ['folder:"/a".."/a/b c"', yes],
    ['protected:*', both],
    ['protected:null', []],
    ['tag:",x"', []],
    ['tag:",a"*,fr*', yes],
    ['meta.robot=arm-3', yes],
    ['meta.robot:arm*', yes],
    ['meta.Robot:arm-3', []],
    ['META.robot:arm-3', yes],
    ['meta.robot>arm-2', yes],
    ['meta.score>0.5', yes],
    ['meta.score<=0.75', yes],
    ['meta.score:0.750', yes],
    ['meta.score:7.5e-1', yes],
    ['meta.score:"0.75"', []],
    ['meta.score:0.7..0.8', yes],
    ['meta.score>a', []],
    ['meta.score!=5', both],
    ['meta."avg score":-2..-1', yes],
    ['meta."a\\"b\\\\c.d":odd', yes],
    ['meta.n.m:1', yes],
    ['meta.n.m:2,x', yes],
    ['meta.n.m:true', yes],
    ['meta.n.m:false', []],
    ['meta.n.m>1e299', yes],
    ['meta.n.m.y:2', []],
    ['meta.n.m.0:1', []],
    ['meta.n:*', yes],
    ['meta.n.e:*', []],
    ['meta.n.l:null', both],
    ['meta.z:*', []],
    ['meta.z:null', both],
    ['meta.t:true', yes],
    ['meta.t:"true"', []],
    ['meta.num:042', yes],
    ['meta.num:42', []],
    ['meta.num:"042"', yes],
    ['meta.num>1', []],
    ['meta.day:2026-01-31', yes],
    ['meta.day:2026-01..2026-02', yes],
    ['meta.ü:Ö', yes],
    ['meta."":empty', yes],
    ['-meta."":*', no],
    ['meta.constructor:*', []],
  ])('%s', async (q, expected) => {
    expect([q, await findAll(one, q)]).toEqual([q, expected])
  })

  it.each<[string, number, string]>([
    ['tag:a _._', 6, '_._'],
    ['"- -"', 0, '"- -"'],
    ['12:30', 0, '12'],
    ['http://x', 0, 'http'],
    ['name:', 4, ':'],
    ['statu:x', 0, 'statu'],
    ['name.first:x', 0, 'name.first'],
    ['meta:x', 0, 'meta'],
    ['(tag:a', 0, '('],
    ['tag:a)', 5, ')'],
    ['()', 1, ')'],
    ['tag:"a', 4, '"'],
    ['tag:"\\n"', 5, '\\n'],
    ['tag:a"b"', 5, '"'],
    ['created:yesterday', 8, 'yesterday'],
    ['created:"2026"', 8, '"2026"'],
    ['created:20*', 8, '20*'],
    ['duration:5', 9, '5'],
    ['duration:2026', 9, '2026'],
    ['has:cat', 4, 'cat'],
    ['protected:maybe', 10, 'maybe'],
    ['protected:"true"', 10, '"true"'],
    ['folder:a*', 7, 'a*'],
    ['folder:/a..b', 11, 'b'],
    ['name:*..b', 5, '*'],
    ['name:a..null', 8, 'null'],
    ['"a"😀', 3, '😀'],
    ['meta."a\0b":1', 0, 'meta."a\0b"'],
    ['folder:a', 7, 'a'],
    ['name>a', 0, 'name'],
    ['during>2026', 0, 'during'],
    ['meta.x>a,b', 8, ','],
    ['meta.x>1..2', 7, '1..2'],
    ['meta.x>*', 7, '*'],
    ['>5', 0, '>'],
    ['a"b"', 1, '"'],
    ['run."a b"', 4, '"'],
    ['meta."a"', 5, '"'],
    ['x."y"z', 2, '"'],
    ['meta.:x', 0, 'meta.'],
    ['meta..a:x', 0, 'meta..a'],
    ['*', 0, '*'],
    ['- tag:a', 0, '-'],
    ['--tag:a', 0, '-'],
    ['NOT -tag:a', 4, '-'],
    ['tag:a OR', 6, 'OR'],
    ['OR tag:a', 0, 'OR'],
    ['tag:a AND', 6, 'AND'],
    ['tag:a NOT', 6, 'NOT'],
    ['tag:a -', 6, '-'],
    ['tag:a (', 6, '('],
    [Array.from({ length: 33 }, () => 'tag:a').join(' '), 32 * 6, 't'],
    [`${'('.repeat(11)}tag:a${')'.repeat(11)}`, 10, '('],
    [`tag:${Array.from({ length: 101 }, () => 'a').join()}`, 4 + 100 * 2, 'a'],
    [
      `name:${Array.from({ length: 51 }, () => 'a*').join()} meta.x:${Array.from({ length: 51 }, () => '1*').join()}`,
      0,
      '',
    ],
    [`tag:${'x'.repeat(1_021)}`, 0, ''],
  ])('%s is refused where it is wrong', async (q, at, what) => {
    const { status, body } = await find(one, q)
    expect([status, body.code]).toEqual([400, 'query_invalid'])
    const [error] = body.errors
    expect(error).toMatchObject({ path: 'q', at, length: what.length || q.length })
    expect(q.slice(at, at + error.length)).toBe(what || q)
  })

  it.each<[string, string[]]>([
    ['run', ['Run-042_Front.left', 'run 042']],
    ['RUN 042', ['Run-042_Front.left', 'run 042']],
    ['042 run', ['Run-042_Front.left', 'run 042']],
    ['run-042', ['Run-042_Front.left', 'run 042']],
    ['fro*', ['Run-042_Front.left']],
    ['ront', []],
    ['"ront.L"', ['Run-042_Front.left']],
    ['"n 0"', ['run 042']],
    ['"run 0"*', ['run 042']],
    ['"un 0"*', []],
    ['"RUN-0"*', ['Run-042_Front.left']],
    ['rün', ['RÜN—ÉTÉ 2']],
    ['ÉTÉ -"ün—é"*', ['RÜN—ÉTÉ 2']],
    ['ét 2', ['RÜN—ÉTÉ 2']],
    ['"ün—é"', ['RÜN—ÉTÉ 2']],
    ['"grip É"', ['run 042']],
    ['"GRIP É"', ['run 042']],
    ['"grip é"', []],
    ['grip', []],
    ['-run', ['RÜN—ÉTÉ 2', '東京 Ⅷ', "it's"]],
    ['東', ['東京 Ⅷ']],
    ['ⅷ', ['東京 Ⅷ']],
    ['s it', ["it's"]],
  ])('of the text %s looks into names, and in quotes into descriptions', async (q, expected) => {
    expect([q, (await findAll(texts, q)).toSorted()]).toEqual([q, expected.toSorted()])
  })

  it('finds a name that has changed in its case alone, and the beginning of a Greek one', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    await tenant.ask('POST', path, { name: 'übung—eins 1' })
    await tenant.ask('PATCH', `${path}/${encodeURIComponent('übung—eins 1')}`, { name: 'Übung—eins 1' })
    for (const q of ['übung', 'EINS', '"übung—E"', '"ÜBUNG"*'])
      expect([q, await findAll(tenant, q)]).toEqual([q, ['Übung—eins 1']])
    await tenant.ask('POST', path, { name: 'ΟΔΟΣΑ 1' })
    for (const q of ['ΟΔΟΣ', '"οδος"', '"ΟΔΟΣ"*', 'οδοσα'])
      expect([q, await findAll(tenant, q)]).toEqual([q, ['ΟΔΟΣΑ 1']])
  })

  it('of a folder takes a slash in a name as it may be spelt', async () => {
    const tenant = await Tenant.arrive()
    await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name: 'x', folder: '/a%2Fb/c' })
    for (const q of ['folder:/a%2fb/c', 'folder:/a%2Fb/c', 'folder:/a%2fb/*'])
      expect([q, await findAll(tenant, q)]).toEqual([q, ['x']])
  })

  it('tells nobody by its cursors what is in the trash', async () => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject('lab')}/episodes`
    const names = Array.from({ length: 6 }, (_, at) => `secret-${at}`)
    for (const name of names) await tenant.ask('POST', path, { name })
    for (const sort of ['name', '-updated', 'created']) {
      const { body } = await find(tenant, '-tag:x', `&sort=${sort}&pageSize=2`)
      expect(atob(body.nextCursor.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('secret')
    }
  })

  it('finds a name as it is spelt by now', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    await tenant.ask('POST', path, { name: 'Früh' })
    expect(await findAll(tenant, 'FRÜH')).toEqual(['Früh'])
    await tenant.ask('PATCH', `${path}/Fr%C3%BCh`, { name: 'Spät' })
    expect([await findAll(tenant, 'früh'), await findAll(tenant, 'SPÄT')]).toEqual([[], ['Spät']])
    await tenant.ask('PATCH', `${path}/Sp%C3%A4t`, { name: 'late', tags: ['x'] })
    expect([await findAll(tenant, 'spät'), await findAll(tenant, 'LATE')]).toEqual([[], ['late']])
    await tenant.ask('DELETE', `${path}/late`)
    const { body } = await tenant.ask('GET', `${tenant.project('lab')}/trash`)
    const restored = await tenant.ask(
      'POST',
      `${tenant.project('lab')}/trash/${body.trash[0].deletionId}/restore?as=%C3%89t%C3%A9`,
    )
    expect([restored.status, await findAll(tenant, 'ÉTÉ'), await findAll(tenant, 'late')]).toEqual([
      200,
      ['Été'],
      [],
    ])
  })

  it.each(['', '  '])('%j is none: the list is counted', async (q) => {
    const { body } = await find(one, q)
    expect([names({ body } as Answer), body.total, 'examined' in body]).toEqual([both, 2, false])
  })

  it('is refused where it is given twice', async () => {
    const answer = await one.ask('GET', `${one.project('lab')}/episodes?q=tag:a&q=tag:b`)
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ path: 'q' }]])
  })

  it('tells whole numbers apart that are one as doubles', async () => {
    const tenant = await Tenant.arrive()
    for (const number of ['9007199254740992', '9007199254740993', '9223372036854775807'])
      expect(
        (
          await tenant.ask('POST', `${tenant.project('lab')}/episodes`, undefined, {
            headers: { 'Content-Type': 'application/json' },
            raw: `{"name":"${number}","metadata":{"n":${number},"list":[${number}]}}`,
          })
        ).status,
      ).toBe(201)
    for (const field of ['meta.n', 'meta.list']) {
      expect(await findAll(tenant, `${field}:9007199254740993`)).toEqual(['9007199254740993'])
      expect(await findAll(tenant, `${field}:1,9007199254740992`)).toEqual(['9007199254740992'])
      expect(await findAll(tenant, `${field}<9007199254740993`)).toEqual(['9007199254740992'])
      expect(await findAll(tenant, `${field}>=9007199254740993`)).toEqual([
        '9223372036854775807',
        '9007199254740993',
      ])
      expect(await findAll(tenant, `${field}:9007199254740993..9223372036854775806`)).toEqual([
        '9007199254740993',
      ])
    }
  })

  it.each([
    ['/100%', ['/100%', '/100%25']],
    ['/a%2Fb/c', ['/a%2Fb/c', '/a%2fb/c/']],
    ['/%41', ['/%41', '/%2541']],
  ])(
    'finds an episode in the folder %s by every spelling that it may be given with',
    async (folder, spellings) => {
      const tenant = await havingOne({ folder })
      for (const spelt of spellings)
        for (const q of [`folder:"${spelt}"`, `folder:"${spelt}"*`, `folder:"${spelt}".."${spelt}"`])
          expect([q, await findAll(tenant, q)]).toEqual([q, ['given']])
    },
  )

  it('of lengths takes decimals as they are spelt', async () => {
    const tenant = await Tenant.arrive()
    for (const durationMs of [1_001, 1_005])
      await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name: `${durationMs}`, durationMs })
    for (const [q, expected] of [
      ['duration:1.001s', ['1001']],
      ['duration<=1.001s', ['1001']],
      ['duration>1.005s', []],
      ['duration:1.005s', ['1005']],
      ['duration:1.0015s', []],
      ['duration>1.0015s', ['1005']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
  })

  it('of a list in the metadata reads a bounded number of its members', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    const list = Array.from({ length: 150 }, (_, at) => at)
    const made = await tenant.ask('POST', path, { name: 'run', metadata: { list } })
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
       insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request, metadata)
       select substr(id, 1, 12) || printf('%012x', i), project_id, '', 'x' || i, '/x' || i, tags, status, 0, 0, 0, '',
         '', metadata from n cross join episodes where id = ?1`,
    )
      .bind(made.body.episode.id)
      .run()
    for (const q of ['meta.list:x', 'meta.list>200 OR meta.list:a*']) {
      const { status, body, rowsRead } = await find(tenant, q)
      expect([q, status, body.examined > 10, rowsRead < 25_000 || rowsRead]).toEqual([q, 200, true, true])
    }
    expect((await findAll(tenant, 'meta.list:149')).length).toBe(1_001)
  })

  it('of the longest list there may be reads a bounded number of its members', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    const list = Array.from({ length: 32_000 }, (_, at) => (at < 19_999 ? 1 : 2))
    expect((await tenant.ask('POST', path, { name: 'run', metadata: { list } })).status).toBe(201)
    const many = Array.from({ length: 32 }, (_, at) => `-meta.list:${at + 3}`).join(' ')
    const paths = Array.from({ length: 31 }, (_, at) => `-meta.k${at}:0`).join(' ')
    for (const q of [
      'meta.list:2',
      '-meta.list:3',
      many,
      'meta.list:1 meta.list:2',
      `${paths} meta.list:1`,
    ]) {
      const { body, rowsRead } = await find(tenant, q)
      expect([q, body.episodes?.length, rowsRead < 25_000 || rowsRead]).toEqual([q, 1, true])
    }
  })

  it('of a long list is exact, whatever else is asked of the metadata', async () => {
    const list = Array.from({ length: 9_000 }, (_, at) => at)
    const tenant = await havingOne({ metadata: { robot: 'r', other: list.slice(0, 1_000), list } })
    const others = Array.from({ length: 12 }, (_, at) => `-meta.k${at}:0`).join(' ')
    for (const [q, expected] of [
      [`meta.list:8999 meta.robot:r meta.other:999 ${others}`, yes],
      [`meta.list>=8999 meta.list<1 ${others}`, yes],
      [`-meta.list:8999 ${others}`, no],
      [`meta.list:9000 ${others}`, []],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
    const asset = { namespace: tenant.slug, project: 'lab', episodeName: 'given', metadata: { list } }
    expect((await tenant.ask('POST', '/assets/file', asset)).status).toBe(201)
    const found = async (q: string) => {
      const { body } = await tenant.ask(
        'GET',
        `${tenant.project('lab')}/assets?q=${encodeURIComponent(`${q} ${others}`)}`,
      )
      return body.assets.length
    }
    expect([
      await found('meta.list:8999 episode.meta.list:8999'),
      await found('-meta.list:8999 OR -episode.meta.list:8999'),
    ]).toEqual([1, 0])
  })

  it('of whole numbers is exact, however long they are', async () => {
    const tenant = await Tenant.arrive()
    const numbers = [
      '9223372036854775807',
      '9223372036854775808',
      '18446744073709551614',
      '18446744073709551615',
      '99999999999999999999',
      '100000000000000000000',
      '-9223372036854775808',
      '-9223372036854775809',
      '-18446744073709551615',
      '5',
    ]
    for (const [at, number] of numbers.entries()) {
      // As JSON, since no number of JavaScript is like that.
      const raw = `{"name":"n${at}","metadata":{"id":${number},"list":["x",${number},null]}}`
      const headers = { 'Content-Type': 'application/json' }
      const { status } = await tenant.ask('POST', `${tenant.project('lab')}/episodes`, undefined, {
        raw,
        headers,
      })
      expect(status).toBe(201)
    }
    const signs = {
      ':': (own: bigint, asked: bigint) => own === asked,
      '!=': (own: bigint, asked: bigint) => own !== asked,
      '>': (own: bigint, asked: bigint) => own > asked,
      '>=': (own: bigint, asked: bigint) => own >= asked,
      '<': (own: bigint, asked: bigint) => own < asked,
      '<=': (own: bigint, asked: bigint) => own <= asked,
      ':..': (own: bigint, asked: bigint) => own <= asked,
      ':00,00': (own: bigint, asked: bigint) => own === asked,
    }
    for (const field of ['meta.id', 'meta.list'])
      for (const [sign, holds] of Object.entries(signs))
        for (const asked of numbers) {
          const q = `${field}${sign}${asked}`
          const zeros = q.replace('00-', '-00')
          const expected = numbers.flatMap((own, at) => (holds(BigInt(own), BigInt(asked)) ? [`n${at}`] : []))
          expect([zeros, (await findAll(tenant, zeros)).toReversed()]).toEqual([zeros, expected])
        }
    expect(await findAll(tenant, 'meta.id:18446744073709551614..18446744073709551614')).toEqual(['n2'])
    for (const [q, expected] of [
      ['meta.id:1e20', ['n5']],
      ['meta.id:0.10E+21,1', ['n5']],
      ['meta.id>=1.0e20', ['n5']],
      ['meta.id<1e20 meta.id>=99999999999999999999.0', ['n4']],
      ['meta.id:18446744073709551615.000', ['n3']],
      ['meta.id>1e308', []],
      ['meta.id>1e999', []],
      ['meta.id>1e-400 meta.id<9', ['n9']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
  })

  it('of what is inside, of the end, the id and the protection finds the one that has it', async () => {
    const tenant = await havingOne({ endedAt: '2026-03-01T00:00:00Z', writeProtected: true })
    const made = await tenant.ask('POST', '/assets/video', {
      namespace: tenant.slug,
      project: 'lab',
      episodeName: 'bare',
      name: '/front.mp4',
    })
    expect(made.status).toBe(201)
    for (const [q, expected] of [
      ['has:video', ['bare']],
      ['has:audio,video', ['bare']],
      ['has:*', ['bare']],
      ['has:null', ['given']],
      ['has:file', []],
      ['-has:audio', both],
      ['ended:2026-03', ['given']],
      ['updated>=now-1h', both],
      ['updated>now', []],
      ['protected:true', ['given']],
      [`id:${made.body.episodeId}`, ['bare']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
    await tenant.ask('DELETE', `/assets/video/${made.body.id}`)
    expect(await findAll(tenant, 'has:video')).toEqual([])
  })

  it('of a name is found however the episode came by it', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    const place = { namespace: tenant.slug, project: 'lab' }
    const made = (body: object) => tenant.ask('POST', path, body)
    const roads: Record<string, (name: string) => Promise<Answer>> = {
      made: (name) => made({ name }),
      'made again': async (name) => {
        await made({ name })
        return made({ name, status: 'completed' })
      },
      'with an asset': (episodeName) => tenant.ask('POST', '/assets/file', { ...place, episodeName }),
      renamed: async (name) => {
        await made({ name: 'before' })
        return tenant.ask('PATCH', `${path}/before`, { name })
      },
      'restored as': async (name) => {
        await made({ name: 'trashed' })
        const { body } = await tenant.ask('DELETE', `${path}/trashed`)
        const as = `as=${encodeURIComponent(name)}`
        return tenant.ask('POST', `${tenant.project('lab')}/trash/${body.deletionId}/restore?${as}`)
      },
    }
    for (const [road, take] of Object.entries(roads)) {
      const name = `ÜBER–01—${road}`
      expect([road, (await take(name)).status < 300]).toEqual([road, true])
      for (const text of [`über 01 ${road}`, `"über–01—${road}"`, `"ÜBER"* ${road}`])
        expect([text, await findAll(tenant, text)]).toEqual([text, [name]])
    }
  })

  it('by a beginning that holds any character is found by it', async () => {
    const tenant = await havingOne({ metadata: { x: 'a\u0000b' } })
    expect(await findAll(tenant, 'meta.x:"a\u0000"*')).toEqual(['given'])
    expect(await findAll(tenant, 'meta.x:"a\u0001"*')).toEqual([])
  })

  it('goes on by the time at which it began', async () => {
    const tenant = await Tenant.arrive()
    for (const name of ['a', 'b']) await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name })
    const moment = Date.now()
    const first = await find(tenant, 'created>now-1h', '&pageSize=1')
    const later = vi.spyOn(Date, 'now').mockImplementation(() => moment + 2 * 3_600_000)
    const next = await find(tenant, 'created>now-1h', `&pageSize=1&cursor=${first.body.nextCursor}`)
    expect([names(first), names(next)]).toEqual([['b'], ['a']])
    later.mockRestore()
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'passes over %s where that is asked for',
    async (name) => {
      const headers = { Prefer: 'handling=lenient' }
      for (const list of ['episodes', 'assets']) {
        const path = `${one.project('lab')}/${list}?q=tag:none&${name}=x`
        expect((await one.ask('GET', path, undefined, { headers })).status).toBe(200)
      }
    },
  )

  it('has the cursors of what it asks, however that is spelt', async () => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'lab' }
    for (const episodeName of ['a', 'b', 'c'])
      expect((await tenant.ask('POST', '/assets/file', { ...place, episodeName })).status).toBe(201)
    const episodes = ['', 'sort=-created', 'q=', 'name=&q=%20', 'sort=-created&q=&name=']
    const found = episodes.map((each) => `status=running&${each}`)
    const assets = ['', 'q=', 'name=&q=+']
    for (const [path, most, spellings] of [
      [`${tenant.project('lab')}/episodes`, 'pageSize', episodes],
      [`${tenant.project('lab')}/episodes`, 'pageSize', found],
      [`/namespaces/${tenant.slug}/episodes`, 'pageSize', found],
      [`${tenant.project('lab')}/assets`, 'limit', assets],
    ] as const)
      for (const one of spellings) {
        const first = await tenant.ask('GET', `${path}?${most}=1&${one}`)
        for (const other of spellings) {
          const next = await tenant.ask('GET', `${path}?${most}=5&${other}&cursor=${first.body.nextCursor}`)
          expect([one, other, next.status, (next.body.episodes ?? next.body.assets)?.length]).toEqual([
            one,
            other,
            200,
            2,
          ])
        }
        for (const other of ['name=/x', 'name=%20', 'q=-a']) {
          const another = await tenant.ask('GET', `${path}?${other}&cursor=${first.body.nextCursor}`)
          expect([one, other, another.status]).toEqual([one, other, 400])
        }
      }
  })

  it('and plain filters hold together', async () => {
    expect(names(await find(one, 'status:completed', '&tag=front&name=giv'))).toEqual(yes)
    expect(names(await find(one, 'status:completed', '&tag=back'))).toEqual([])
  })

  let one: Tenant
  let texts: Tenant
  beforeAll(async () => {
    one = await havingOne(given)
    texts = await Tenant.arrive()
    const described = { name: 'run 042', description: 'Lost its Grip É' }
    const names = ['Run-042_Front.left', 'RÜN—ÉTÉ 2', '東京 Ⅷ', "it's"]
    for (const body of [described, ...names.map((name) => ({ name }))])
      expect((await texts.ask('POST', `${texts.project('lab')}/episodes`, body)).status).toBe(201)
  })
})

describe('docs/finding.md', async () => {
  const { default: page }: { default: string } = await import('../../../docs/finding.md?raw' as string)
  const [, given = ''] = /```json\n(.*?)```/s.exec(page) ?? []
  const [, table = ''] = /## By examples(.*?)\n## /s.exec(page) ?? []
  const examples = [...table.matchAll(/^\| `(.*?)` \| (.*?) ?\| .* \|$/gm)]
    .map(([, q = '', found = '']) => [q, found] as const)
    .filter(([q]) => q !== 'q')
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await Tenant.arrive()
    for (const body of JSON.parse(given))
      expect((await tenant.ask('POST', `${tenant.project('lab')}/episodes`, body)).status).toBe(201)
  })

  it('has twenty examples and more', () => {
    expect(examples.length).toBeGreaterThan(20)
  })

  it.each(examples)('%s finds %s', async (q, expected) => {
    expect((await findAll(tenant, q)).toReversed()).toEqual(expected === '' ? [] : expected.split(', '))
  })
})

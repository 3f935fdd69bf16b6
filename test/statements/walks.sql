-- walks.noteAll
insert into walks (name, position)
 select key, value
 from each(:positions)
 where true
 on conflict (name) do update set position = excluded.position

-- walks.read.steps
select ifnull((select walks.position from walks where walks.name = 'steps'), '') as position

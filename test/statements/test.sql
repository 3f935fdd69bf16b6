-- test.echo
select :value as value

-- test.kinds
select typeof(:value) as type, (json_type(?1, '$.value') is not null) as given, :value || '' as text

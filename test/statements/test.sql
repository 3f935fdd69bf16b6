-- test.echo
select :value as value

-- test.kinds
select typeof(:value) as type, :value? as given, :value || '' as text

-- A record with a website is known again by its domain: accounts that were made before get theirs.
-- The numbers are the slots (see store/sql/slots.py) of "account.$website" and "account.$website/domain", live and in
-- the trash. What follows the host is cut off step by step, then what stands before it.

insert into key_text (workspace, slot, value, number)
with authority as (
    select workspace, slot, number, substr(value, strpos(value, '//') + 2) || '/' as rest from key_text
    where slot in (199094103871088, 76288757665157)
),
path as (select workspace, slot, number, substr(rest, 1, strpos(rest, '/') - 1) || '?' as rest from authority),
query as (select workspace, slot, number, substr(rest, 1, strpos(rest, '?') - 1) || '#' as rest from path),
fragment as (select workspace, slot, number, substr(rest, 1, strpos(rest, '#') - 1) as rest from query),
person as (select workspace, slot, number, substr(rest, strpos(rest, '@') + 1) as rest from fragment),
host as (
    select workspace, slot, number,
        case when rest like '[%' then rest else rtrim(substr(rest, 1, strpos(rest || ':', ':') - 1), '.') end as rest
    from person
)
select distinct workspace,
    case slot when 199094103871088 then 70382789919047 else 121583533325602 end,
    case when rest like 'www.%.%' then substr(rest, 5) else rest end,
    number
from host;

-- "Which values has this record" is asked of one field at a time, and of all records at once where values are added up:
-- each field's values lie together, in the order of the records.
drop index key_text_of;
create index key_text_of on key_text (workspace, slot, number, value);
drop index key_int_of;
create index key_int_of on key_int (workspace, slot, number, value);

-- Records by when they were made and by when they were last changed; and when each was made, without reading it.
create index record_created on record (workspace, kind, created_at, number);
create index record_updated on record (workspace, kind, updated_at, number);
drop index record_newest;
create index record_newest on record (workspace, kind, number, created_at);

-- Stretches of records of one kind, by number: each from "first" to the first of the next. version moves whenever a record
-- of the stretch is written, so that what was made of the others need not be made again.
create table stretch (
    workspace bigint not null,
    kind bigint not null,
    first bigint not null,
    version bigint not null,
    primary key (workspace, kind, first)
);
insert into stretch (workspace, kind, first, version)
select workspace, kind, case when place = 1 then 0 else number end, 1 from (
    select workspace, kind, number, row_number() over (partition by workspace, kind order by number) as place from record
) as counted
where (place - 1) % 16384 = 0;

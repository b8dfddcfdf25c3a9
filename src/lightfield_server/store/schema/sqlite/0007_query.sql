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

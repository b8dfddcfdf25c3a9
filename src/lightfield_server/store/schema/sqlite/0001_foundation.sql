-- Numbers named "slot" and "kind" are names made small: see store/sql/slots.py.
-- The workspace leads every key, so that it is the tenant's wall and can be the shard's key.

create table workspace (
    workspace integer primary key,
    slug text not null unique,
    name text not null,
    catalog_version integer not null default 0,
    created_at integer not null
);

create table definition (
    workspace integer not null,
    number integer not null,
    kind text not null,
    owner text not null,
    key text not null,
    body blob not null,
    archived integer not null default 0,
    primary key (workspace, number),
    unique (workspace, kind, owner, key)
) without rowid;

-- A record's number grows with creation, so newest first is number descending.
create table record (
    workspace integer not null,
    number integer primary key,
    kind integer not null,
    state integer not null,
    created_at integer not null,
    updated_at integer,
    external_id text,
    fields blob not null
);
create index record_newest on record (workspace, kind, number);

-- What records are found by. The primary key answers "which records have this value", the index "which values has
-- this record".
create table key_text (
    workspace integer not null,
    slot integer not null,
    value text not null,
    number integer not null,
    primary key (workspace, slot, value, number)
) without rowid;
create index key_text_of on key_text (workspace, number, slot, value);

create table key_int (
    workspace integer not null,
    slot integer not null,
    value integer not null,
    number integer not null,
    primary key (workspace, slot, value, number)
) without rowid;
create index key_int_of on key_int (workspace, number, slot, value);

-- One row is one link, read from both ends. hidden: 1 the source is trashed, 2 the target, 3 both.
create table link (
    workspace integer not null,
    source integer not null,
    relationship integer not null,
    target integer not null,
    hidden integer not null default 0,
    primary key (workspace, source, relationship, target)
) without rowid;
create index link_back on link (workspace, target, relationship, source, hidden);

-- Counts kept by every write: of a kind of record (value ''), and of each value of a select or checkbox.
-- version moves whenever a record of the kind is written.
create table tally (
    workspace integer not null,
    slot integer not null,
    value text not null,
    count integer not null,
    version integer not null default 0,
    primary key (workspace, slot, value)
) without rowid;

create table event (
    workspace integer not null,
    number integer primary key,
    type text not null,
    record integer not null,
    verb text not null,
    at integer not null,
    actor integer,
    key integer,
    origin text not null,
    fields blob not null,
    links blob not null
);
create index event_of on event (workspace, record, number);

-- Replies are large and keys are random: kept apart, so that finding a key stays cheap. Numbers grow with time.
create table idempotency (
    workspace integer not null,
    number integer primary key,
    scope text not null,
    key text not null,
    at integer not null,
    status integer not null,
    reply blob not null
);
create unique index idempotency_key on idempotency (workspace, scope, key);

create table api_key (
    workspace integer not null,
    number integer not null,
    hash blob not null,
    name text not null,
    scopes text not null,
    member integer,
    admin integer not null,
    created_at integer not null,
    revoked_at integer,
    hint text not null,
    primary key (workspace, number),
    unique (workspace, hash)
) without rowid;

create table merge (
    workspace integer not null,
    number integer not null,
    type text not null,
    primary_record integer not null,
    duplicate_record integer not null,
    status text not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (workspace, number)
) without rowid;

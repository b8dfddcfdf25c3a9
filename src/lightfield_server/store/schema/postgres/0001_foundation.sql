-- Twin of the SQLite file of the same name: the same tables and columns. What each is for is said there.
-- The workspace leads every key, so that a distributed PostgreSQL can shard by it: see docs/postgresql.md.
-- Texts compare by code point, as they do in SQLite and in Python.

create table workspace (
    workspace bigint primary key,
    slug text collate "C" not null unique,
    name text collate "C" not null,
    catalog_version bigint not null default 0,
    created_at bigint not null
);

create table definition (
    workspace bigint not null,
    number bigint not null,
    kind text collate "C" not null,
    owner text collate "C" not null,
    key text collate "C" not null,
    body bytea not null,
    archived bigint not null default 0,
    primary key (workspace, number),
    unique (workspace, kind, owner, key)
);

create table record (
    workspace bigint not null,
    number bigint not null,
    kind bigint not null,
    state bigint not null,
    created_at bigint not null,
    updated_at bigint,
    external_id text collate "C",
    fields bytea not null,
    primary key (workspace, number)
) with (fillfactor = 90);
create index record_newest on record (workspace, kind, number);

create table key_text (
    workspace bigint not null,
    slot bigint not null,
    value text collate "C" not null,
    number bigint not null,
    primary key (workspace, slot, value, number)
);
create index key_text_of on key_text (workspace, number, slot, value);

create table key_int (
    workspace bigint not null,
    slot bigint not null,
    value bigint not null,
    number bigint not null,
    primary key (workspace, slot, value, number)
);
create index key_int_of on key_int (workspace, number, slot, value);

create table link (
    workspace bigint not null,
    source bigint not null,
    relationship bigint not null,
    target bigint not null,
    hidden bigint not null default 0,
    primary key (workspace, source, relationship, target)
);
create index link_back on link (workspace, target, relationship, source, hidden);

-- Its few rows change with every write: room in each page lets them do so without touching the index, and old versions
-- are swept early.
create table tally (
    workspace bigint not null,
    slot bigint not null,
    value text collate "C" not null,
    count bigint not null,
    version bigint not null default 0,
    primary key (workspace, slot, value)
) with (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

create table event (
    workspace bigint not null,
    number bigint not null,
    type text collate "C" not null,
    record bigint not null,
    verb text collate "C" not null,
    at bigint not null,
    actor bigint,
    key bigint,
    origin text collate "C" not null,
    fields bytea not null,
    links bytea not null,
    primary key (workspace, number)
);
create index event_of on event (workspace, record, number);

create table idempotency (
    workspace bigint not null,
    number bigint not null,
    scope text collate "C" not null,
    key text collate "C" not null,
    at bigint not null,
    status bigint not null,
    reply bytea not null,
    primary key (workspace, number)
);
create unique index idempotency_key on idempotency (workspace, scope, key);

create table api_key (
    workspace bigint not null,
    number bigint not null,
    hash bytea not null,
    name text collate "C" not null,
    scopes text collate "C" not null,
    member bigint,
    admin bigint not null,
    created_at bigint not null,
    revoked_at bigint,
    hint text collate "C" not null,
    primary key (workspace, number),
    unique (workspace, hash)
);

create table merge (
    workspace bigint not null,
    number bigint not null,
    type text collate "C" not null,
    primary_record bigint not null,
    duplicate_record bigint not null,
    status text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, number)
);

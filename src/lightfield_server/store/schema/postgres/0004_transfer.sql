-- An import from a file: what it is told to do, how far it is, and which process carries it until when. The rows that
-- are done are counted in the transaction that writes their records.
create table import_job (
    workspace bigint not null,
    number bigint not null,
    type text collate "C" not null,
    state text collate "C" not null,
    host text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    holder text collate "C",
    held_until bigint not null default 0,
    done bigint not null default 0,
    position bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    rejected bigint not null default 0,
    linked bigint not null default 0,
    undone bigint not null default 0,
    kept bigint not null default 0,
    report bigint not null default 0,
    kept_report bigint not null default 0,
    spent bigint not null default 0,
    body bytea not null,
    primary key (workspace, number)
);
create index import_job_due on import_job (workspace, state);

-- The facts of each transaction of an import, by their first and last number: what undoing it goes by.
create table import_chunk (
    workspace bigint not null,
    job bigint not null,
    number bigint not null,
    first_fact bigint not null,
    last_fact bigint not null,
    undone bigint not null default 0,
    primary key (workspace, job, number)
);

-- Ids that records have in the systems their files came from.
create table import_alias (
    workspace bigint not null,
    kind bigint not null,
    value text collate "C" not null,
    number bigint not null,
    primary key (workspace, kind, value)
);

create table import_mapping (
    workspace bigint not null,
    number bigint not null,
    name text collate "C" not null,
    type text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    body bytea not null,
    primary key (workspace, number),
    unique (workspace, name)
);

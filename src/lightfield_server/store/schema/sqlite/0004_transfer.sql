-- An import from a file: what it is told to do, how far it is, and which process carries it until when. The rows that
-- are done are counted in the transaction that writes their records.
create table import_job (
    workspace integer not null,
    number integer not null,
    type text not null,
    state text not null,
    host text not null,
    created_at integer not null,
    updated_at integer not null,
    holder text,
    held_until integer not null default 0,
    done integer not null default 0,
    position integer not null default 0,
    created integer not null default 0,
    updated integer not null default 0,
    unchanged integer not null default 0,
    rejected integer not null default 0,
    linked integer not null default 0,
    undone integer not null default 0,
    kept integer not null default 0,
    report integer not null default 0,
    kept_report integer not null default 0,
    spent integer not null default 0,
    body blob not null,
    primary key (workspace, number)
);
create index import_job_due on import_job (workspace, state);

-- The facts of each transaction of an import, by their first and last number: what undoing it goes by.
create table import_chunk (
    workspace integer not null,
    job integer not null,
    number integer not null,
    first_fact integer not null,
    last_fact integer not null,
    undone integer not null default 0,
    primary key (workspace, job, number)
);

-- Ids that records have in the systems their files came from.
create table import_alias (
    workspace integer not null,
    kind integer not null,
    value text not null,
    number integer not null,
    primary key (workspace, kind, value)
);

create table import_mapping (
    workspace integer not null,
    number integer not null,
    name text not null,
    type text not null,
    created_at integer not null,
    updated_at integer not null,
    body blob not null,
    primary key (workspace, number),
    unique (workspace, name)
);

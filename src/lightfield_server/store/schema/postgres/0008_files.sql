-- Twin of the SQLite file of the same name: the same tables and columns. What each is for is said there.

create table upload (
    workspace bigint not null,
    number bigint not null,
    state text collate "C" not null,
    secret bytea not null,
    size bigint not null,
    type text collate "C" not null,
    once bigint not null,
    expires_at bigint not null,
    blob text collate "C",
    received bigint,
    md5 text collate "C",
    sniffed text collate "C",
    primary key (workspace, number)
);
create index upload_due on upload (workspace, state, expires_at);

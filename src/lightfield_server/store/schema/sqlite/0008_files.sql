-- How the bytes of a file come here, and where they are. `state`: 'open' while they may come, 'kept' once they are the
-- file's, 'dropped' when they are to go. `secret` signs the addresses they come and go by; `blob` names them in the
-- storage, null as long as none came. `once` refuses a second upload. `type` is what was announced, `sniffed` what the
-- first bytes look like.
create table upload (
    workspace integer not null,
    number integer not null,
    state text not null,
    secret blob not null,
    size integer not null,
    type text not null,
    once integer not null,
    expires_at integer not null,
    blob text,
    received integer,
    md5 text,
    sniffed text,
    primary key (workspace, number)
) without rowid;
create index upload_due on upload (workspace, state, expires_at);

-- What several processes share.

-- Work that one process at a time may do, until when (milliseconds since 1970) and by whom.
create table lease (
    workspace bigint not null,
    name text collate "C" not null,
    holder text collate "C" not null,
    until bigint not null,
    primary key (workspace, name)
);

-- Rate limits. Losing them in a crash costs nothing: a bucket that is not there is full. at: microseconds since 1970.
create unlogged table rate_bucket (
    workspace bigint not null,
    category text collate "C" not null,
    tokens double precision not null,
    taken bigint not null,
    at bigint not null,
    primary key (workspace, category)
) with (fillfactor = 50);

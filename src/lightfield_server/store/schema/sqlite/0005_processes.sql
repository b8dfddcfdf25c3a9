-- What several processes share.

-- Work that one process at a time may do, until when (milliseconds since 1970) and by whom.
create table lease (
    workspace integer not null,
    name text not null,
    holder text not null,
    until integer not null,
    primary key (workspace, name)
) without rowid;

-- Rate limits of processes that share no machine; those of one machine share a file. at: microseconds since 1970.
create table rate_bucket (
    workspace integer not null,
    category text not null,
    tokens real not null,
    taken integer not null,
    at integer not null,
    primary key (workspace, category)
) without rowid;

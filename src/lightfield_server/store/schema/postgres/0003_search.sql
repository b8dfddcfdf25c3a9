-- Twin of the SQLite file of the same name. What is another index there is one of PostgreSQL's here, which keeps a list
-- of what is pending by itself; no extension is needed.

create table search_text (
    workspace bigint not null,
    number bigint not null,
    words text collate "C" not null,
    primary key (workspace, number)
);

create table search_index (
    workspace bigint not null,
    number bigint not null,
    terms tsvector not null,
    primary key (workspace, number)
);
-- A long list of what is pending would slow down searches.
create index search_index_terms on search_index using gin (terms) with (gin_pending_list_limit = 512);

create table search_word (
    workspace bigint not null,
    word text collate "C" not null,
    mirrored text collate "C",
    primary key (workspace, word)
);
create index search_word_mirrored on search_word (workspace, mirrored) where mirrored is not null;

create table search_backlog (
    workspace bigint primary key,
    above bigint not null
);
insert into search_backlog (workspace, above) select workspace, 0 from workspace;

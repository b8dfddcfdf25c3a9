-- Full-text search: see store/sql/search.py. Not to be found are records in the trash; they have no rows here.

-- The text of each record as the index has it, in the form of model/texts.py.
create table search_text (
    workspace integer not null,
    number integer primary key,
    words text not null
);

-- Which records have a term, newest first; every term begins with its workspace. It holds no texts of its own.
create virtual table search_index using fts5 (
    terms, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars ':^<=@.'"
);

-- Records that say something else by now than the index knows.
create table search_pending (
    workspace integer not null,
    number integer not null,
    type text not null,
    primary key (workspace, number)
) without rowid;

-- The words of a workspace. Those that can be misspelled stand here backwards, too.
create table search_word (
    workspace integer not null,
    word text not null,
    mirrored text,
    primary key (workspace, word)
) without rowid;
create index search_word_mirrored on search_word (workspace, mirrored) where mirrored is not null;

-- Workspaces from before there was full-text search, and the number above which their texts are still to be read.
create table search_backlog (
    workspace integer primary key,
    above integer not null
);
insert into search_backlog (workspace, above) select workspace, 0 from workspace;

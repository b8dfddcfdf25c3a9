"""Everything the server can be asked to do, once, as data. Importing this package declares it all."""

from lightfield_server.operations import auth, keys, lists, members, merges, objects, records, schema  # noqa: F401

records.declare_all()

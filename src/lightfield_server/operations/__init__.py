"""Everything the server can be asked to do, once, as data. Importing this package declares it all."""

from lightfield_server.operations import auth, lists, merges, objects, records  # noqa: F401

records.declare_all()

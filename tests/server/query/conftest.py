from tests.server.filters.conftest import shared  # noqa: F401 - a database for a module

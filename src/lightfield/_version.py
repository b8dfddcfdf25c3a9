"""Name and version, as sent in headers. `pyproject.toml` states the same version; a test compares them."""

__title__ = "lightfield"
__version__ = "0.1.0"

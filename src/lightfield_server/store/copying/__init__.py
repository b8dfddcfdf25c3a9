"""Everything of one database into another, whatever their engines."""

from lightfield_server.store.copying.copying import Copied, Refused, copy

__all__ = ["Copied", "Refused", "copy"]

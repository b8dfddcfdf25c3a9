"""Memory: JSON, links, keys and events. It knows no value type and no object type."""

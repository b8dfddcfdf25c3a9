"""The open Lightfield server: record engine, HTTP API and operator commands."""

__version__ = "0.1.0"

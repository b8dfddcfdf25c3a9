"""Comfort beyond the API's own operations: filters, all pages, find or create, labels, waiting, many calls at once.

Decisions are plain functions and generators here; the clients carry them out, each in its own colour.
"""

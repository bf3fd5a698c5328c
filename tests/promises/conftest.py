"""A database with the schema, as ingest's tests have it."""

from tests.ingest.conftest import plain_spine, spine

__all__ = ["plain_spine", "spine"]

"""A database with the schema, as ingest's tests have it; a center on one, as the center's tests have it."""

from tests.center.conftest import center, migrated, ward
from tests.ingest.conftest import desk, plain_spine, spine

__all__ = ["center", "desk", "migrated", "plain_spine", "spine", "ward"]

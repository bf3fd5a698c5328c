from center.store.schema import KNOWN
from ingest import migrate


def test_the_center_knows_every_table_file_there_is() -> None:
    assert migrate.read(migrate.SCHEMA / "tables")[-1].name == KNOWN

"""status, birth and health → the rows of site, gateway, sensor and series: upserts that change nothing when the same is said again."""

from ingest import statements
from ingest.database import Connection
from ingest.dead_letters import storable
from ingest.rows import ReportRow
from wardroom import messages
from wardroom.messages import Birth, Health, Status


async def write(connection: Connection, row: ReportRow) -> None:
    """Write one report, inside the caller's transaction."""
    match row.report:
        case Status() as status:
            await _status(connection, row, status)
        case Health() as health:
            await _health(connection, row, health)
        case Birth() as birth:
            await _birth(connection, row, birth)


async def _status(connection: Connection, row: ReportRow, status: Status) -> None:
    site, name = row.gateway.site, row.gateway.gateway
    await connection.execute(statements.STATUS, (site, name, name, name, status.boot, status.state.value, row.received))


async def _health(connection: Connection, row: ReportRow, health: Health) -> None:
    site, name = row.gateway.site, row.gateway.gateway
    await connection.execute(statements.HEALTH, (site, name, name, name, messages.encode(health).decode(), row.received))


async def _birth(connection: Connection, row: ReportRow, birth: Birth) -> None:
    site, name = row.gateway.site, row.gateway.gateway
    place, called = birth.site, birth.name
    await connection.execute(statements.BIRTH_SITE, (site, storable(place.name.vi), storable(place.name.en), place.kind.value))
    await connection.execute(
        statements.BIRTH_GATEWAY, (site, name, storable(called.vi), storable(called.en), storable(birth.software), birth.boot, birth.at)
    )
    if row.sensors:
        names = [sensor.name for sensor in row.sensors.values()]
        vi, en = [storable(each.vi) for each in names], [storable(each.en) for each in names]
        await connection.execute(statements.BIRTH_SENSORS, (site, name, list(row.sensors), vi, en))
    if row.periods:
        await connection.execute(statements.BIRTH_PERIODS, (list(row.periods), list(row.periods.values())))

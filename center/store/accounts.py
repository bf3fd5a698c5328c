"""The sign-in tables, which the center alone reads and writes: accounts, wall tokens and the sessions of both, gateways' tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from center.store.database import Database
from wardroom.topics import Gateway

WALL_DAYS: Final = 400
"""A wall's session, renewed by use: a screen that was off for a year is still signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's account; `name` is how it is written in the table, whatever the case it was asked in."""

    name: str
    password_hash: str
    role: str
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Who a session cookie or a wall token stands for; `hash` is of what the client holds."""

    hash: bytes
    account: str
    role: str
    must_change: bool
    wall_token: int | None
    stale: bool = False

    @property
    def noted(self) -> str:
        """Who it is in the audit log: a screen's label may be anything, an account's name too."""
        return self.account if self.wall_token is None else f"screen: {self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallToken:
    """A wall token as an administrator sees it, never the token."""

    id: int
    label: str
    created: datetime
    created_by: str
    revoked: datetime | None


_CREDENTIAL: Final = """
SELECT s.token_hash AS hash, coalesce(a.name, w.label) AS account, coalesce(a.role, 'viewer') AS role,
       coalesce(a.must_change, false) AS must_change, w.id AS wall_token, s.last_seen < now() - interval '1 minute' AS stale
FROM session s LEFT JOIN account a ON a.name = s.account LEFT JOIN wall_token w ON w.id = s.wall_token
WHERE s.expires > now() AND w.revoked IS NULL
"""
_WALL_CREDENTIAL: Final = """
SELECT token_hash AS hash, label AS account, 'viewer' AS role, false AS must_change, id AS wall_token FROM wall_token WHERE revoked IS NULL
"""
_BEARER_CREDENTIAL: Final = f"""
{_WALL_CREDENTIAL} AND token_hash = %(hash)s
UNION ALL SELECT token_hash, site || '/' || gateway, 'gateway', false, NULL FROM gateway_token WHERE token_hash = %(hash)s
"""
_NEW_OF_GATEWAY: Final = """
WITH before AS (SELECT token_hash FROM gateway_token WHERE site = %(site)s AND gateway = %(gateway)s),
made AS (
    INSERT INTO gateway_token (site, gateway, token_hash, created_by) VALUES (%(site)s, %(gateway)s, %(hash)s, %(by)s)
    ON CONFLICT (site, gateway) DO UPDATE SET token_hash = %(hash)s, created = now(), created_by = %(by)s
)
SELECT token_hash FROM before
"""


class Accounts:
    """Reads and writes the sign-in tables."""

    def __init__(self, database: Database, *, session_hours: int = 12) -> None:
        self._database = database
        self._hours = session_hours

    async def account(self, name: str) -> Account | None:
        query = "SELECT name, password_hash, role, must_change FROM account WHERE name = %(name)s"
        found = await self._database.objects(Account, query, {"name": name})
        return found[0] if found else None

    async def put(self, account: Account) -> None:
        """Create the account, or give it this password and role; its sessions end."""
        await self._database.change(
            "WITH ended AS (DELETE FROM session WHERE account = %(name)s) "
            "INSERT INTO account (name, password_hash, role, must_change) VALUES (%(name)s, %(hash)s, %(role)s, %(must)s) "
            "ON CONFLICT (name) DO UPDATE SET password_hash = %(hash)s, role = %(role)s, must_change = %(must)s, changed = now()",
            {"name": account.name, "hash": account.password_hash, "role": account.role, "must": account.must_change},
        )

    async def remove(self, name: str) -> bool:
        """Remove an account, and its sessions with it; return whether there was one."""
        return await self._database.change("DELETE FROM account WHERE name = %(name)s", {"name": name}) > 0

    async def change_password(self, name: str, password_hash: str, session: bytes) -> list[bytes]:
        """Give the account its new password and a new session; end and return those it had."""
        ended = await self._database.rows(
            "WITH changed AS (UPDATE account SET password_hash = %(hash)s, must_change = false, changed = now() WHERE name = %(name)s), "
            "opened AS (INSERT INTO session (token_hash, account, expires) "
            "VALUES (%(session)s, %(name)s, now() + make_interval(hours => %(hours)s))) "
            "DELETE FROM session WHERE account = %(name)s RETURNING token_hash",  # sees only those there were before
            {"name": name, "hash": password_hash, "session": session, "hours": self._hours},
        )
        return [row[0] for row in ended]

    async def open_session(self, token_hash: bytes, *, account: str | None = None, wall_token: int | None = None) -> None:
        """Keep a new session, and forget those that have expired."""
        await self._database.change(
            "WITH expired AS (DELETE FROM session WHERE expires < now()) "
            "INSERT INTO session (token_hash, account, wall_token, expires) "
            "VALUES (%(hash)s, %(account)s, %(wall)s, now() + make_interval(hours => %(hours)s))",
            {"hash": token_hash, "account": account, "wall": wall_token, "hours": 24 * WALL_DAYS if account is None else self._hours},
        )

    async def session(self, token_hash: bytes) -> Credential | None:
        """Return whose session this is; using it renews it."""
        found = await self._database.objects(Credential, f"{_CREDENTIAL} AND s.token_hash = %(hash)s", {"hash": token_hash})
        if not found:
            return None
        if found[0].stale:
            await self.renew([token_hash])
        return found[0]

    async def renew(self, hashes: list[bytes]) -> None:
        await self._database.change(
            "UPDATE session SET last_seen = now(), expires = now() + make_interval(hours => "
            "CASE WHEN account IS NULL THEN %(wall)s ELSE %(person)s END) WHERE token_hash = ANY(%(hashes)s)",
            {"wall": 24 * WALL_DAYS, "person": self._hours, "hashes": hashes},
        )

    async def close_session(self, token_hash: bytes) -> None:
        await self._database.change("DELETE FROM session WHERE token_hash = %(hash)s", {"hash": token_hash})

    async def valid(self, hashes: list[bytes]) -> list[Credential]:
        """Return those of these sessions and wall tokens that still hold."""
        values = {"hashes": hashes}
        sessions = await self._database.objects(Credential, f"{_CREDENTIAL} AND s.token_hash = ANY(%(hashes)s)", values)
        if stale := [credential.hash for credential in sessions if credential.stale]:
            await self.renew(stale)
        return sessions + await self._database.objects(Credential, f"{_WALL_CREDENTIAL} AND token_hash = ANY(%(hashes)s)", values)

    async def wall_credential(self, token_hash: bytes) -> Credential | None:
        found = await self._database.objects(Credential, f"{_WALL_CREDENTIAL} AND token_hash = %(hash)s", {"hash": token_hash})
        return found[0] if found else None

    async def bearer_credential(self, token_hash: bytes) -> Credential | None:
        """Return which wall or which gateway this token is of; a gateway's account is ``site/gateway``."""
        found = await self._database.objects(Credential, _BEARER_CREDENTIAL, {"hash": token_hash})
        return found[0] if found else None

    async def make_gateway_token(self, gateway: Gateway, token_hash: bytes, created_by: str) -> list[bytes]:
        """Keep a gateway's new token in place of the one it had; return that."""
        values = {"site": gateway.site, "gateway": gateway.gateway, "hash": token_hash, "by": created_by}
        return [row[0] for row in await self._database.rows(_NEW_OF_GATEWAY, values)]

    async def revoke_gateway_token(self, gateway: Gateway) -> list[bytes]:
        """Forget a gateway's token; return what it was, nothing where there is none."""
        query = "DELETE FROM gateway_token WHERE site = %(site)s AND gateway = %(gateway)s RETURNING token_hash"
        return [row[0] for row in await self._database.rows(query, {"site": gateway.site, "gateway": gateway.gateway})]

    async def wall_tokens(self, after: int, limit: int) -> list[WallToken]:
        query = "SELECT id, label, created, created_by, revoked FROM wall_token WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"
        return await self._database.objects(WallToken, query, {"after": after, "limit": limit})

    async def make_wall_token(self, label: str, token_hash: bytes, created_by: str) -> WallToken:
        query = (
            "INSERT INTO wall_token (label, token_hash, created_by) VALUES (%(label)s, %(hash)s, %(by)s) "
            "RETURNING id, label, created, created_by, revoked"
        )
        return (await self._database.objects(WallToken, query, {"label": label, "hash": token_hash, "by": created_by}))[0]

    async def revoke_wall_token(self, number: int) -> list[bytes] | None:
        """Revoke the token and return what it was signed in with; None where there is no such token that still holds."""
        revoked = await self._database.rows(
            "UPDATE wall_token SET revoked = now() WHERE id = %(id)s AND revoked IS NULL RETURNING token_hash", {"id": number}
        )
        if not revoked:
            return None
        ended = await self._database.rows("DELETE FROM session WHERE wall_token = %(id)s RETURNING token_hash", {"id": number})
        return [row[0] for row in revoked + ended]

"""cookie or bearer token → who it is; sign-in, sign-out, passwords, tokens of walls and gateways."""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from center import passwords
from center.attempts import Attempts, WrongSecret
from center.passwords import Passwords
from center.store.accounts import Account, Accounts, Credential, WallToken
from wardroom.clock import Clock
from wardroom.errors import AccessError, StorageError, StorageGone
from wardroom.topics import Gateway

FRESH_S: Final = 2.0
"""How long a credential is believed without asking the database again."""
GRACE_S: Final = 3_600.0
"""How long it is believed while the database cannot be asked: a wall may reconnect during an outage."""
REMEMBERED: Final = 1_000
"""Credentials remembered; beyond that the one used longest ago is asked for again."""
ADMINISTRATOR: Final = "administrator"
OPERATOR: Final = "operator"
VIEWER: Final = "viewer"
GATEWAY: Final = "gateway"
"""The role of a gateway's token: good for its own routes and nothing else."""
NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
RESERVED: Final = frozenset({"wardroom"})
"""Names that the audit log has for the center itself."""
LABEL: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")

_Key = tuple[str, bytes]
"""What it came as and its hash: a session's token is no bearer token, whatever is remembered of it."""
_SESSION: Final = "session"
_BEARER: Final = "bearer"


class Access:
    """Who may come in; secrets pass through, only hashes stay."""

    def __init__(self, *, accounts: Accounts, attempts: Attempts, clock: Clock) -> None:
        self._accounts = accounts
        self._attempts = attempts
        self._passwords = Passwords()
        self._clock = clock
        self._known: OrderedDict[_Key, tuple[float, Credential]] = OrderedDict()

    async def sign_in(self, account: str, password: str, address: str) -> tuple[str, Credential]:
        """Return a new session's token and who it is; raises AccessError."""
        with self._attempts.counted(address, account):
            known = await self._accounts.account(account)
            if not await self._passwords.matches(known.password_hash if known else None, password) or known is None:
                raise WrongSecret("center.wrong_password")
        token = _token()
        await self._accounts.open_session(digest(token), account=known.name)
        credential = Credential(hash=digest(token), account=known.name, role=known.role, must_change=known.must_change, wall_token=None)
        return token, self._remember(_SESSION, credential)

    async def sign_in_wall(self, wall_token: str, address: str) -> tuple[str, Credential]:
        """Return a new session's token for a screen that holds a wall token; raises AccessError."""
        with self._attempts.counted(address, None):
            wall = await self._accounts.wall_credential(digest(wall_token))
            if wall is None:
                raise WrongSecret("center.wrong_wall_token")
        token = _token()
        await self._accounts.open_session(digest(token), wall_token=wall.wall_token)
        credential = Credential(hash=digest(token), account=wall.account, role=wall.role, must_change=False, wall_token=wall.wall_token)
        return token, self._remember(_SESSION, credential)

    async def who(self, *, cookie: str | None, bearer: str | None) -> Credential | None:
        """Return whom the cookie, or the bearer's token of a wall or a gateway, stands for; raises StorageGone where nobody can tell."""
        if bearer is None and cookie is None:
            return None
        kind = _SESSION if bearer is None else _BEARER
        key = digest(bearer if bearer is not None else cookie or "")
        age_s, known = self._recall((kind, key))
        if known is not None and age_s < FRESH_S:
            return known
        try:
            found = await (self._accounts.session(key) if bearer is None else self._accounts.bearer_credential(key))
        except StorageGone:
            if known is not None and age_s < GRACE_S:
                return known
            raise
        if found is None:
            self._forget([key])
            return None
        return self._remember(kind, found)

    async def sign_out(self, credential: Credential) -> None:
        await self._accounts.close_session(credential.hash)
        self._forget([credential.hash])

    async def change_password(self, credential: Credential, current: str, new: str, address: str) -> tuple[str, list[bytes]]:
        """Give the account its new password; return the token of the session that goes on, and those this ended. Raises AccessError."""
        if credential.wall_token is not None:
            raise AccessError("center.wall_has_no_password")
        with self._attempts.counted(address, credential.account):
            known = await self._accounts.account(credential.account)
            if not await self._passwords.matches(known.password_hash if known else None, current):
                raise WrongSecret("center.wrong_current_password")
        passwords.check_new(new, current, credential.account)
        token = _token()
        ended = await self._accounts.change_password(credential.account, await self._passwords.hash(new), digest(token))
        self._forget(ended)
        return token, ended

    async def ended(self, hashes: frozenset[bytes]) -> frozenset[bytes]:
        """Return those that do not hold any more; none while the database cannot be asked."""
        try:
            valid = await self._accounts.valid(list(hashes))
        except StorageError:
            return frozenset()
        ended = hashes - {credential.hash for credential in valid}
        self._forget(ended)
        return ended

    async def wall_tokens(self, after: int, limit: int) -> list[WallToken]:
        return await self._accounts.wall_tokens(after, limit)

    async def make_wall_token(self, label: str, created_by: str) -> tuple[str, WallToken]:
        """Return a new wall token, said this once, and its entry; raises AccessError for what is no label."""
        if not LABEL.fullmatch(label):
            raise AccessError("center.bad_label", value=label[:100])
        token = _token()
        return token, await self._accounts.make_wall_token(label, digest(token), created_by)

    async def revoke_wall_token(self, number: int) -> list[bytes]:
        """Revoke the token; return every credential this ended. Raises AccessError where there is none."""
        ended = await self._accounts.revoke_wall_token(number)
        if ended is None:
            raise AccessError("center.no_wall_token", number=number)
        self._forget(ended)
        return ended

    async def make_gateway_token(self, gateway: Gateway, created_by: str) -> str:
        """Return a gateway's new token, said this once; the one it had is good for nothing from now on."""
        token = _token()
        self._forget(await self._accounts.make_gateway_token(gateway, digest(token), created_by))
        return token

    async def account(self, account: str, role: str, chosen: str | None) -> str:
        """Make an account with this role and the password `chosen`, None: one that must be changed at once; return the password.

        One that is there gets this role and password, and its sessions end. Raises AccessError.
        """
        if not NAME.fullmatch(account):
            raise AccessError("center.bad_account", value=account[:100])
        if account.lower() in RESERVED:
            raise AccessError("center.reserved_account", value=account)
        if chosen is not None:
            passwords.check_new(chosen, "", account)
        password = chosen or passwords.one_time()
        made = Account(name=account, password_hash=await self._passwords.hash(password), role=role, must_change=chosen is None)
        await self._accounts.put(made)
        return password

    async def revoke_gateway_token(self, gateway: Gateway) -> None:
        """Let a gateway in no more; raises AccessError where it has no token."""
        ended = await self._accounts.revoke_gateway_token(gateway)
        if not ended:
            raise AccessError("center.no_gateway_token", site=gateway.site, gateway=gateway.gateway)
        self._forget(ended)

    async def administrator(self, account: str, chosen: str | None) -> str:
        """Make `account` an administrator; return the password. Raises AccessError."""
        return await self.account(account, ADMINISTRATOR, chosen)

    async def remove_account(self, account: str) -> None:
        """Remove an account with its sessions; raises AccessError where there is none."""
        if not await self._accounts.remove(account):
            raise AccessError("center.no_account", value=account[:100])

    def _recall(self, key: _Key) -> tuple[float, Credential | None]:
        asked, known = self._known.get(key, (0.0, None))
        return self._clock.monotonic() - asked, known

    def _remember(self, kind: str, credential: Credential) -> Credential:
        key = (kind, credential.hash)
        self._known[key] = (self._clock.monotonic(), credential)
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return credential

    def _forget(self, hashes: Iterable[bytes]) -> None:
        for one in hashes:
            for kind in (_SESSION, _BEARER):
                self._known.pop((kind, one), None)


def digest(token: str) -> bytes:
    """Return what is kept of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def _token() -> str:
    return secrets.token_urlsafe(32)

"""settings → a paho client that is connected (TCP, TLS) and has its CONNECT ready; dialling runs in a thread, with a limit."""

import asyncio
import hmac
import socket
import ssl
from typing import Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from wardroom.errors import BrokerGone, ConfigError
from wardroom.handshake import Handshake
from wardroom.packets import Outgoing
from wardroom.settings import Broker

DIAL_S: Final = 10.0
_OWN_DIGITS: Final = 16


def new_client(broker: Broker, client_id: str, *, clean: bool, will: Outgoing | None) -> Handshake:
    """Return a client for one connection attempt; raises ConfigError if the TLS authorities cannot be read.

    A broker ends the session of whoever has the same client id, drops what it kept for it and publishes its will, and it does so for any
    account that signs in. So `client_id` gets an end that only those who know the account's password can tell: the same at every start, for
    the persistent session's sake, and nothing another account could guess.
    """
    client = Handshake(
        CallbackAPIVersion.VERSION2,
        client_id=_own(broker, client_id),
        clean_session=clean,
        reconnect_on_failure=False,  # else a refused protocol version makes paho dial again inside the read
    )
    client.username_pw_set(broker.username, broker.password.reveal())
    client.on_socket_open = _no_delay
    if broker.tls_ca is not None:
        client.tls_set_context(_encryption(broker.tls_ca))
    if will is not None:
        client.will_set(will.topic, will.payload, will.qos, will.retain)
    return client


async def dial(client: mqtt.Client, broker: Broker, *, within_s: float = DIAL_S) -> socket.socket:
    """Connect and return the socket; raises BrokerGone.

    A connection that comes after nobody waits for it any more is closed by the thread that made it.
    """
    abandoned = False

    def connect() -> None:
        client.connect(broker.host, broker.port, keepalive=broker.keepalive_s)
        if abandoned:
            close(client)

    dialling = asyncio.get_running_loop().run_in_executor(None, connect)
    try:
        await asyncio.wait({dialling}, timeout=within_s)
    finally:
        abandoned = not dialling.done()
    if abandoned:
        raise gone(broker, f"no connection in {within_s:g} s")
    try:
        dialling.result()
    except (OSError, ValueError) as error:
        raise gone(broker, str(error)) from error
    sock = client.socket()
    if not isinstance(sock, socket.socket):
        raise gone(broker, "lost while signing in")
    return sock


def close(client: mqtt.Client) -> None:
    """Close the client's socket without goodbye."""
    client.on_disconnect = client.on_socket_close = None
    sock = client.socket()
    if sock is not None:
        sock.close()


def gone(broker: Broker, detail: str) -> BrokerGone:
    """Return the error of a broker that is unreachable or was lost."""
    return BrokerGone("broker.gone", broker=f"{broker.host}:{broker.port}", detail=detail)


class _Socket(ssl.SSLSocket):
    """A TLS socket that is closed when its handshake fails; paho leaves it open."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the standard library's signature
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _own(broker: Broker, client_id: str) -> str:
    """Return `client_id` as this account alone can know it."""
    digest = hmac.new(broker.password.reveal().encode(), client_id.encode(), "sha256").hexdigest()
    return f"{client_id}-{digest[:_OWN_DIGITS]}"


def _encryption(authorities: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities)
    except OSError as error:
        detail = error.strerror or str(error)
        raise ConfigError("broker.no_authorities", field="broker.tls_ca", value=authorities, detail=detail) from error
    context.sslsocket_class = _Socket
    return context


def _no_delay(_client: object, _data: object, sock: object) -> None:
    """Turn Nagle's algorithm off, which costs a QoS 1 round trip 40 ms; paho leaves it on."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

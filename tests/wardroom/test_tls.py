import asyncio
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from tests.wardroom.inbox import Inbox
from tests.wardroom.linked import accept, linked, refusal
from tests.wardroom.wires import CONNACK, ScriptedBroker
from wardroom import dial
from wardroom.bus import Outgoing, Session
from wardroom.embedded.mosquitto import find_program
from wardroom.embedded.ports import free_port
from wardroom.errors import BrokerGone, ConfigError
from wardroom.settings import Broker, Secret


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    names = ("-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"))
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    subprocess.run((openssl, "req", "-x509", *kind, *names, *files), check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "certificate.pem").read_bytes() + (folder / "key.pem").read_bytes())
    both.chmod(0o644)
    return both


async def test_what_tls_has_decrypted_already_does_not_wait_for_the_next_packet(certificate: Path) -> None:
    async def send_one_record(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNACK + b"\x30\x05\x00\x01ahi" * 1_000)

    inbox = Inbox()
    async with ScriptedBroker(send_one_record, certificate) as broker, linked(broker, inbox.put) as link:
        await link.open()
        await inbox.until(1_000, within_s=2)


async def test_a_broker_with_another_names_certificate_is_gone(certificate: Path) -> None:
    async with ScriptedBroker(accept, certificate) as broker, linked(msgspec.structs.replace(broker, host="localhost")) as link:
        error = await refusal(link, BrokerGone)

    assert "certificate verify failed" in str(error)


@pytest.mark.parametrize(("content", "detail"), [(None, "No such file"), (b"nonsense", "NO_CERTIFICATE")])
def test_authorities_that_cannot_be_read_are_a_settings_error(tmp_path: Path, content: bytes | None, detail: str) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    broker = Broker(username="u", password=Secret("p"), tls_ca=str(file))

    with pytest.raises(ConfigError) as caught:
        dial.new_client(broker, "x", clean=True, will=None)

    assert str(file) in str(caught.value)
    assert detail in str(caught.value)


@pytest.mark.servers
async def test_an_encrypted_session_carries_a_flood(certificate: Path, tmp_path: Path) -> None:
    mosquitto = find_program("mosquitto")
    if mosquitto is None:
        pytest.skip("Mosquitto is not installed")
    port = free_port()
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous true", "max_queued_messages 0", "user root")
    files = (f"certfile {certificate}", f"keyfile {certificate}")
    (tmp_path / "m.conf").write_text("\n".join((*lines, *files)), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        mosquitto, "-c", tmp_path / "m.conf", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    broker = Broker(port=port, username="u", password=Secret("p"), tls_ca=str(certificate))
    inbox = Inbox()
    try:
        async with Session(broker=broker, client_id="tls", on_message=inbox.put, subscriptions=[("t", 0)]) as session:
            async with asyncio.timeout(10):
                await session.wait_connected()
            await asyncio.gather(*(session.publish(Outgoing("t", str(number).encode() * 20)) for number in range(2_000)))
            await inbox.until(2_000)
    finally:
        process.terminate()
        await process.wait()

    assert inbox.payloads == [str(number).encode() * 20 for number in range(2_000)]

import socket
from pathlib import Path

from wardroom.embedded.ports import lasting_ports


def test_kept_ports_are_free_and_never_an_outgoing_connections() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    ports = lasting_ports(3)

    assert len(set(ports)) == 3
    for port in ports:
        assert 10_240 <= port < first
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))


def test_a_taken_port_is_not_kept() -> None:
    (port,) = lasting_ports(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        assert port not in lasting_ports(50)

"""The gateway's connections to a service, against services that do not behave."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway import upstreams, wire
from gateway.refusals import ConnectionBroke, ServiceDown
from gateway.upstreams import Upstream

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKED = HEAD + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"
TRAILED = CHUNKED.removesuffix(b"\r\n") + b"ETag: late\r\n\r\n"
HINTED = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + OK


class Script:
    """A service that reads a request and answers as it is told, on as many connections as come."""

    def __init__(self, *answers: bytes, pieces: int = 1_000_000, then: str = "goes on") -> None:
        self.answers = list(answers)
        self.pieces = pieces
        self.then = then
        self.connections = 0
        self.ended = asyncio.Event()
        self.requests: list[bytes] = []
        self.upstream: Upstream

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.then != "does not read":
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                for start in range(0, len(answer), self.pieces):
                    writer.write(answer[start : start + self.pieces])
                    await writer.drain()
                    await asyncio.sleep(0)
                if self.then == "hangs up":
                    break
            else:
                await asyncio.sleep(5)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ended.set()
        writer.close()

    async def ask(self, method: str = "GET", content: wire.Content = None) -> wire.Answer:
        headers = {b"content-length": b"%d" % len(content)} if isinstance(content, bytes) else {}
        return await self.upstream.send(method, b"/x", headers, content)

    async def told(self, method: str = "GET") -> bytes:
        return await (await self.ask(method)).read()


@asynccontextmanager
async def playing(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Script]:
    async with await asyncio.start_server(script, "127.0.0.1", 0, ssl=tls) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        script.upstream = Upstream("catalog", (url,), 3)
        try:
            yield script
        finally:
            script.upstream.close()


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with playing(Script(OK)) as service:
        assert [await service.told() for _ in range(5)] == [b"hello"] * 5

    assert service.connections == 1


async def test_requests_at_once_have_a_connection_each() -> None:
    async with playing(Script(OK, pieces=1)) as service:
        assert await asyncio.gather(*(service.told() for _ in range(5))) == [b"hello"] * 5
        assert await service.told() == b"hello"

    assert service.connections == 5


@pytest.mark.parametrize("answer", [OK, CHUNKED, TRAILED, HINTED])
@pytest.mark.parametrize("pieces", [1, 7, 1000])
async def test_an_answer_arrives_in_any_pieces(answer: bytes, pieces: int) -> None:
    async with playing(Script(answer, pieces=pieces)) as service:
        for _ in range(2):
            given = await service.ask()
            assert (given.status, await given.read()) == (200, b"hello")
            assert [name for name, _ in given.headers] in [
                [b"content-length"],
                [b"transfer-encoding"],
            ]

    assert service.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 O",
        b"",
    ],
)
async def test_what_is_no_whole_answer_is_a_connection_that_broke(answer: bytes) -> None:
    async with playing(Script(answer, then="hangs up")) as service:
        with pytest.raises(ConnectionBroke):
            await service.told("POST")


async def test_an_answer_to_nothing_is_given_to_nobody() -> None:
    async with playing(Script(OK + OK.replace(b"hello", b"wrong"), OK)) as service:
        assert await service.told() == b"hello"
        await asyncio.sleep(0.05)
        assert await service.told() == b"hello"

    assert service.connections == 2


async def test_an_answer_after_the_answer_ends_the_connection() -> None:
    async with playing(Script(OK, pieces=len(OK))) as service:
        assert await service.told() == b"hello"
        service.answers = [OK + OK.replace(b"hello", b"wrong")]
        assert await service.told() == b"hello"
        await asyncio.sleep(0.05)
        service.answers = [OK]
        assert await service.told() == b"hello"

    assert service.connections == 2


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), "goes on"),
        (OK.replace(b"1.1", b"1.0"), "goes on"),
        (OK, "hangs up"),
    ],
)
async def test_a_connection_that_ended_takes_no_further_request(answer: bytes, then: str) -> None:
    async with playing(Script(answer, then=then)) as service:
        for _ in range(3):
            assert await service.told("POST") == b"hello"
            await asyncio.sleep(0.02)

    assert service.connections == 3


async def test_a_connection_that_was_idle_too_long_takes_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upstreams, "KEEP_ALIVE", 0.05)
    async with playing(Script(OK)) as service:
        await service.told()
        await service.told()
        await asyncio.sleep(0.1)
        await service.told()
        await asyncio.wait_for(service.ended.wait(), 1)

    assert service.connections == 2


async def test_an_answer_that_nobody_takes_does_not_pile_up() -> None:
    size = 30_000_000
    large = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    async with playing(Script(large, pieces=65_536)) as service:
        answer = await service.ask()
        await asyncio.sleep(0.2)
        assert sum(map(len, answer.waiting)) < 4 * wire.HIGH_WATER
        assert len(await answer.read()) == size
        service.answers = [OK]
        assert await service.told() == b"hello"

    assert service.connections == 1


async def test_an_upload_goes_at_the_pace_of_the_service() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 65_536
            yield b"x" * 65_536
            await asyncio.sleep(0)

    async with playing(Script(OK, then="does not read")) as service:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await service.ask("POST", endless())
        before = taken
        await asyncio.sleep(0.1)

    assert taken == before < 50_000_000


async def test_a_service_that_answers_amid_an_upload_ends_it() -> None:
    stopped = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0.01)
        finally:
            stopped.set()

    async with playing(Script(OK)) as service:
        assert await (await service.ask("POST", endless())).read() == b"hello"
        await asyncio.wait_for(stopped.wait(), 1)
        assert await service.told() == b"hello"

    assert service.connections == 2


async def test_why_an_upload_failed_is_said_to_whoever_waits_for_the_answer() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x"
        raise LookupError

    async with playing(Script(b"")) as service:
        with pytest.raises(LookupError):
            await service.ask("POST", failing())
        await asyncio.wait_for(service.ended.wait(), 1)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
async def test_who_stops_waiting_ends_the_connection(answer: bytes) -> None:
    async with playing(Script(answer)) as service:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await service.told()
        await asyncio.wait_for(service.ended.wait(), 1)


async def test_a_service_that_takes_no_connection_is_down() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        where = door.getsockname()
        with socket.create_connection(where):
            upstream = Upstream("catalog", (f"http://127.0.0.1:{where[1]}",), 0.1)
            with pytest.raises(ServiceDown):
                await upstream.send("GET", b"/x", {})


@pytest.mark.parametrize(
    "field", [(b"a", b"b\r\nc: d"), (b"a", b"b\nc: d"), (b"a\rc", b"b"), (b"a", b"b\r\n\r\nGET")]
)
def test_no_line_break_gets_into_a_request(field: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="line break"):
        wire.request_head("GET", b"/x", b"h", dict([field]))
    with pytest.raises(ValueError, match="line break"):
        wire.request_head("GET", b"/x\r\na: b", b"h", {})


async def test_a_service_behind_tls_is_known_by_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(_certificate(tmp_path / "own.pem"))

    async with playing(Script(OK), context) as service:
        with pytest.raises(ServiceDown):
            await service.told()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    async with playing(Script(OK), context) as service:
        assert await service.told() == b"hello"


def _certificate(file: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a service")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    return file

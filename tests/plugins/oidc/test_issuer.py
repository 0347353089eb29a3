"""Reading the provider's documents: what is asked, and what is not believed."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from glue_oidc.issuer import LARGEST, Issuer, IssuerError

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def issuer(provider: Any) -> Issuer:
    """The provider, with enough time."""
    return Issuer(provider.url, timeout=10)


def test_the_keys_are_where_the_provider_says(issuer: Issuer, provider: Any, rsa: Any) -> None:
    """The discovery document names the place of the keys."""
    provider.configuration["jwks_uri"] = f"{provider.url}/certs?of=now"

    assert issuer.keys() == [rsa.public]
    assert provider.asked == [DISCOVERY, "/certs?of=now"]


def test_an_issuer_with_a_path_is_asked_below_it(provider: Any) -> None:
    """The path of the document goes behind the path of the issuer."""
    url = f"{provider.url}/realms/shop/"
    document = {"issuer": url, "jwks_uri": f"{provider.url}/keys"}
    provider.answers[f"/realms/shop{DISCOVERY}"] = (200, {}, document)

    assert len(Issuer(url, timeout=10).keys()) == 1


@pytest.mark.parametrize("name", ["http://evil.example.com", None, "", 7, ["x"]])
def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    issuer: Issuer, provider: Any, name: Any
) -> None:
    """The issuer of the document is that of the settings, character by character."""
    provider.configuration["issuer"] = name

    with pytest.raises(IssuerError, match="calls itself"):
        issuer.keys()
    assert provider.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "address",
    [
        None,
        7,
        "",
        "/keys",
        "file:///dev/null",
        "ftp://127.0.0.1/keys",
        "http://keys.example.com/keys",
        "http://127.0.0.1.example.com/keys",
        "http://[::1/keys",
    ],
)
def test_keys_are_not_read_from_an_unsafe_address(
    issuer: Issuer, provider: Any, address: Any
) -> None:
    """Without TLS keys come from this machine only."""
    provider.configuration["jwks_uri"] = address

    with pytest.raises(IssuerError):
        issuer.keys()


def test_a_provider_on_the_network_sends_us_to_no_port_of_this_machine() -> None:
    """The exception for this machine is for providers that run on it."""
    issuer = Issuer("https://login.example.com", timeout=10, allow_http=True)

    assert issuer._may_ask("https://keys.example.com/keys")
    assert not issuer._may_ask("http://localhost/keys")
    assert not issuer._may_ask("http://login.example.com/keys")
    assert not Issuer("HTTPS://login.example.com", timeout=10)._may_ask("http://localhost/keys")


@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, {}, {}), "answers 404"),
        ((500, {}, {}), "answers 500"),
        ((204, {}, b""), "answers 204"),
        ((302, {"Location": "/elsewhere"}, {}), "redirects are not followed"),
        ((307, {"Location": "http://evil.example.com/"}, {}), "redirects are not followed"),
        ((200, {}, b""), "cannot be read"),
        ((200, {}, b"<html>"), "cannot be read"),
        ((200, {}, b"\xff"), "cannot be read"),
        ((200, {}, b"[" * 5000), "cannot be read"),
        ((200, {}, []), "no JSON object"),
        ((200, {"Content-Length": "100"}, b"{}"), "cannot be read"),
        ((200, {"Content-Length": str(LARGEST + 1)}, b" " * (LARGEST + 1)), "more than"),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "cannot be read"),
    ],
)
def test_an_answer_that_is_no_document_is_an_outage(
    issuer: Issuer, provider: Any, path: str, answer: Any, reason: str
) -> None:
    """Whatever else comes is told in the log and never followed, unpacked or kept."""
    provider.answers[path] = answer

    with pytest.raises(IssuerError, match=reason):
        issuer.keys()
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize("keys", [None, {}, "keys", 7])
def test_a_document_without_a_list_of_keys_is_an_outage(
    issuer: Issuer, provider: Any, keys: Any
) -> None:
    """A document of keys has a list of them."""
    provider.answers["/keys"] = (200, {}, {"keys": keys})

    with pytest.raises(IssuerError, match="no list of keys"):
        issuer.keys()


def _drip(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """Send a byte at a time, each well within the timeout of a socket."""
    try:
        for number in range(len(content)):
            handler.wfile.write(content[number : number + 1])
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500,
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b" " * 500,
        b"HTTP/1.1 200 OK\r\n\r\n{}" + b" " * 500,
    ],
    ids=["headers", "body", "body without length"],
)
def test_an_answer_that_drips_is_cut_off(provider: Any, content: bytes) -> None:
    """The time is for the whole answer, not for each byte of it."""
    provider.answers[DISCOVERY] = lambda handler: _drip(handler, content)
    started = time.monotonic()

    with pytest.raises(IssuerError, match=r"longer than 0\.3 seconds"):
        Issuer(provider.url, timeout=0.3).keys()
    assert time.monotonic() - started < 10


def test_a_provider_that_is_gone_is_an_outage(issuer: Issuer, provider: Any) -> None:
    """A refused connection is told as such."""
    provider.stop()

    with pytest.raises(IssuerError, match="cannot be read"):
        issuer.keys()


def test_nothing_is_left_behind(
    issuer: Issuer, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    """The thread that watches the time ends with the answer."""
    before = {each for each in threading.enumerate() if not isinstance(each, threading.Timer)}
    issuer.keys()

    eventually(
        lambda: (
            not any(isinstance(each, threading.Timer) for each in {*threading.enumerate()} - before)
        )
    )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one PEM file, that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def secure_url(certificate: Path) -> Any:
    """A provider behind TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slow":
                _drip(self, b"HTTP/1.1 200 OK\r\n\r\n{}" + b" " * 500)
                return
            content = f'{{"issuer": "{url}", "jwks_uri": "{url}/keys", "keys": []}}'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *args: Any) -> None:
            """Say nothing of clients that hang up."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield url
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_that_nobody_trusts_is_refused(secure_url: str) -> None:
    """TLS with somebody else proves nothing."""
    with pytest.raises(IssuerError, match="CERTIFICATE_VERIFY_FAILED"):
        Issuer(secure_url, timeout=10).keys()


def test_an_authority_of_the_house_may_be_trusted(secure_url: str, certificate: Path) -> None:
    """A provider inside has a certificate of an authority inside."""
    assert Issuer(secure_url, timeout=10, certificates=str(certificate)).keys() == []


def test_a_certificate_for_another_host_is_refused(secure_url: str, certificate: Path) -> None:
    """A trusted certificate is good for the hosts that it names."""
    url = secure_url.replace("127.0.0.1", "localhost")

    with pytest.raises(IssuerError, match="localhost"):
        Issuer(url, timeout=10, certificates=str(certificate)).keys()


def test_an_answer_that_drips_behind_tls_is_cut_off(secure_url: str, certificate: Path) -> None:
    """The time ends a read that is going on, also where TLS is in between."""
    issuer = Issuer(secure_url, timeout=1, certificates=str(certificate))

    with pytest.raises(IssuerError, match="longer than 1 seconds"):
        issuer._read(f"{secure_url}/slow")

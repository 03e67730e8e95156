"""One attempt at a server: a connection that is cut when its time is over, and errors in words of our own."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from deploy_actions.core.addresses import Address
from deploy_actions.core.service_errors import Malformed, NotInstalled, ServiceError, Unreachable
from deploy_actions.services.login import no_address

LIMIT_SECONDS = 10.0
"""Time for one attempt in all, however slowly the server talks. The host's resolver keeps a time of its own."""

OPERATION = "authenticating"

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_LARGEST_PORT = 65_535
UNTRUSTED = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    **dict.fromkeys((18, 19, 20), "its certificate is signed by no authority that is trusted"),
    **dict.fromkeys((62, 64), "its certificate is for another host"),
}
"""Codes of OpenSSL, X509_V_ERR_…"""

E = TypeVar("E", bound=ServiceError)


class Attempt:
    """One attempt, from its making on. Raises Malformed for an address that is none."""

    def __init__(self, address: Address, limit_seconds: float) -> None:
        if not _HOST.fullmatch(address.host):
            raise no_address("it names no host")
        if not 0 < address.port <= _LARGEST_PORT:
            raise no_address("its port is not between 1 and 65535")
        self.address = address
        self._end = time.monotonic() + limit_seconds
        self._is_over = False

    def error(self, kind: type[E], cause: str) -> E:
        """An error of this attempt."""
        return kind(str(self.address), OPERATION, cause)

    def not_installed(self, client: str) -> NotInstalled:
        """The error for a client library that cannot be imported."""
        return self.error(NotInstalled, f"the client {client} is not installed; set `DEPLOY_ACTIONS_EXTRAS=probes`")

    @contextmanager
    def connection(self) -> Iterator[socket.socket]:
        """An open connection. Raises Unreachable, also in place of every error that comes when the time is over."""
        try:
            with _closed(self._dialled()) as sock, self._cut_in_time(sock):
                yield sock
        except Exception as error:
            if self._is_over:
                raise self.error(Unreachable, "no complete answer in time") from None
            if isinstance(error, OSError | EOFError | UnicodeError):
                raise self._broken(error) from None
            raise

    @contextmanager
    def secured(self, sock: socket.socket, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
        """TLS on a connection, for this attempt's host; the handshake is made."""
        context.sslsocket_class = _Secured
        wrapped = context.wrap_socket(
            sock, server_hostname=self.address.host, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        with _closed(wrapped):
            wrapped.do_handshake()  # not left to Python, which makes none where the server has already hung up
            yield wrapped

    def _dialled(self) -> socket.socket:
        """The first of the host's addresses that answers; none may use up the time of those after it."""
        found = socket.getaddrinfo(self.address.host, self.address.port, type=socket.SOCK_STREAM)
        for waiting, (family, kind, protocol, _, where) in zip(range(len(found), 0, -1), found, strict=True):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(max(self._end - time.monotonic(), 0.001) / waiting)
                sock.connect(where)
            except OSError:
                sock.close()
                if waiting == 1:
                    raise
            else:
                sock.settimeout(None)
                return sock
        raise OSError

    @contextmanager
    def _cut_in_time(self, sock: socket.socket) -> Iterator[None]:
        """Ends the connection at the end of the time: a limit per read would let a slow server go on for ever."""
        with sock.dup() as same:  # TLS takes the socket over; the connection stays the same
            timer = threading.Timer(max(self._end - time.monotonic(), 0), self._cut, [same])
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()
                timer.join()

    def _cut(self, sock: socket.socket) -> None:
        self._is_over = True
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    def _broken(self, error: Exception) -> ServiceError:
        """What kind of error it was; its text is not used."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return self.error(Malformed, UNTRUSTED.get(error.verify_code, "its certificate cannot be trusted"))
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return self.error(Malformed, "the TLS connection could not be made, or the server speaks no TLS")
        return self.error(Unreachable, _cause(error))


def _cause(error: Exception) -> str:
    words: dict[type[Exception], str] = {
        ConnectionRefusedError: "the connection was refused",
        TimeoutError: "no connection in time",
        socket.gaierror: "the host name does not resolve",
        UnicodeError: "the host name does not resolve",
        ConnectionError: "the server broke off the connection",
        ssl.SSLError: "the server broke off the connection",
        EOFError: "the server broke off the connection",
    }
    return next((text for kind, text in words.items() if isinstance(error, kind)), "the connection could not be made")


class _Secured(ssl.SSLSocket):
    """Closed without a warning when Python drops it half-made, as it does where the server has already hung up."""

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()


@contextmanager
def _closed(sock: socket.socket) -> Iterator[socket.socket]:
    """Closes at the end, even where a library has let a file of the socket's open."""
    try:
        yield sock
    finally:
        with suppress(OSError):
            socket.close(sock.detach())

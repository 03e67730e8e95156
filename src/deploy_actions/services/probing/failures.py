"""Says in words why there is no answer, and whose affair that is: the target's, or this host's own."""

import errno
import socket
import ssl
from enum import Enum

from deploy_actions.core.probing import NoAnswer
from deploy_actions.services.connection import UNTRUSTED
from deploy_actions.services.probing.raw import Broken, Unsent

_RESOLVER_FAILS = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY})
_OURS = {
    errno.ENETUNREACH: "there is no route to it",
    errno.EHOSTUNREACH: "there is no route to it",
    errno.ENETDOWN: "the network of this host is down",
    errno.EMFILE: "this process has too many files open",
    errno.ENFILE: "this host has too many files open",
    errno.ENOBUFS: "this host has no room for another connection",
    errno.ENOMEM: "this host has no memory left",
    errno.EADDRNOTAVAIL: "this host has no port left for another connection",
    errno.EACCES: "this host does not permit the connection",
    errno.EPERM: "this host does not permit the connection",
}
_THEIRS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionError, "the server broke off the connection"),
    (EOFError, "the server broke off the connection"),
    (ssl.SSLEOFError, "the server broke off the TLS handshake"),
    (ssl.SSLError, "the TLS connection could not be made, or the server speaks no TLS"),
)


class Ours(Exception):
    """The question could not be put; `cause` says why."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Stage(Enum):
    """How far an attempt is; the value says what did not come in time."""

    RESOLVING = "no address for the host name in time"
    REACHING_PROXY = "no connection to the proxy in time"
    TUNNELLING = "the proxy opened no tunnel in time"
    CONNECTING = "no connection in time"
    SECURING = "no TLS handshake in time"
    ASKING = "no complete answer in time"


_OUR_STAGES = (Stage.RESOLVING, Stage.REACHING_PROXY, Stage.TUNNELLING)


def says_nothing(error: OSError) -> bool:
    """Whether an error of the system says nothing of the target."""
    return not isinstance(error, ssl.SSLError | socket.gaierror) and error.errno in _OURS


def no_answer(error: BaseException, stage: Stage) -> NoAnswer:
    """What an error stands for. Its own text is not used: it can hold anything."""
    if isinstance(error, Ours):
        return NoAnswer(error.cause, is_ours=True)
    if isinstance(error, Broken):
        return NoAnswer(error.cause, is_ours=isinstance(error, Unsent))
    if isinstance(error, TimeoutError):
        return NoAnswer(stage.value, is_ours=stage in _OUR_STAGES)
    return _of_system(error)


def _of_system(error: BaseException) -> NoAnswer:
    if isinstance(error, socket.gaierror):
        is_ours = error.errno in _RESOLVER_FAILS
        return NoAnswer(
            "the resolver of this host does not answer" if is_ours else "the host name does not exist", is_ours
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoAnswer(UNTRUSTED.get(error.verify_code, "its certificate cannot be trusted"))
    if isinstance(error, OSError) and says_nothing(error):
        return NoAnswer(_OURS[error.errno or 0], is_ours=True)
    return NoAnswer(next((words for kind, words in _THEIRS if isinstance(error, kind)), "the connection was lost"))

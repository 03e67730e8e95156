"""The errors that every outside world raises.

ServiceError            names service, operation and cause; never a body, never a credential
├── Unreachable         no connection, no answer in time, or a server's own failure (5xx)
├── Refused             401, 403, or the operating system's "permission denied"
├── NotFound            404, 410, or no such program or folder
├── RateLimited         429, with `retry_after` in seconds where the service says so
├── Malformed           an answer that is not what the service documents, or a redirect
└── NotInstalled        the client for this service is no part of the runtime
"""


class ServiceError(Exception):
    """A question to the outside world that got no usable answer."""

    def __init__(self, service: str, operation: str, cause: str) -> None:
        super().__init__(f"{operation}: {cause}")
        self.service = service
        self.operation = operation
        self.cause = cause


class Unreachable(ServiceError):
    """No connection, no complete answer in time, or the server's own failure."""


class Refused(ServiceError):
    """The credential or the process may not do this."""


class NotFound(ServiceError):
    """What was asked for does not exist, or may not be seen."""


class RateLimited(ServiceError):
    """The service asked to slow down. `retry_after` is in seconds, None if it did not say."""

    def __init__(self, service: str, operation: str, cause: str, retry_after: int | None = None) -> None:
        super().__init__(service, operation, cause)
        self.retry_after = retry_after


class Malformed(ServiceError):
    """The answer cannot be read, or would lead elsewhere."""


class NotInstalled(ServiceError):
    """The client that the question needs is not there; see `DEPLOY_ACTIONS_EXTRAS` in docs/operations.md."""

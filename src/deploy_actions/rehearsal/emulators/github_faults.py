"""Errors that GitHub's emulator gives by place: at one path, or on one page of a list."""

from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_gate import DOCUMENTATION, refusal
from deploy_actions.rehearsal.emulators.github_state import Fault, GitHub
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request

UNAVAILABLE = {"code": "unavailable", "message": "Service unavailable", "documentation_url": DOCUMENTATION}
"""The body of a 503, which has another form than GitHub's other errors."""

SECONDARY_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_MESSAGES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Bad credentials",
    HTTPStatus.FORBIDDEN: "Resource not accessible by integration",
    HTTPStatus.NOT_FOUND: "Not Found",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Server Error",
    HTTPStatus.BAD_GATEWAY: "Server Error",
}


def check_faults(github: GitHub, request: Request) -> None:
    """Raises Refusal where the state has a fault for the request."""
    for fault in github.faults:
        if fault.path == request.path and _is_due(fault, request):
            if fault.times:
                fault.times -= 1
            raise _refusal(fault.status)


def _is_due(fault: Fault, request: Request) -> bool:
    is_the_page = fault.page is None or str(fault.page) == request.query.get("page", "1")
    return is_the_page and fault.times != 0


def _refusal(status: int) -> Refusal:
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Refusal(Answer(status, UNAVAILABLE))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return refusal(status, SECONDARY_LIMIT, Retry_After="60")
    return refusal(status, _MESSAGES.get(status, f"Status {status}"))

"""What an answer stands for: a good one, or one leaf of ServiceError."""

import re
from collections.abc import Mapping

from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, NotFound, RateLimited, Refused, ServiceError, Unreachable


def judge(answer: HttpResponse, request: HttpRequest, service: str, operation: str) -> None:
    """Raises the leaf of ServiceError that the answer stands for; returns for an expected status and content."""
    accept = request.accept
    if answer.status not in (request.expected or range(200, 300)):
        raise _error(answer.status, answer.headers, service, operation)
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.body and accept not in ("*/*", content_type):
        raise Malformed(service, operation, f"the content type is not {accept}")


def _error(status: int, headers: Mapping[str, str], service: str, operation: str) -> ServiceError:
    cause = f"status {status}"
    if status == 429 or (status == 403 and _is_rate_limit(headers)):
        retry_after = _retry_after(headers)
        wait = "" if retry_after is None else f", retry after {retry_after} s"
        return RateLimited(service, operation, f"{cause}{wait}", retry_after)
    if 300 <= status < 400:
        return Malformed(service, operation, f"{cause}, a redirect, which is not followed")
    if status >= 500:
        return Unreachable(service, operation, cause)
    kinds = {401: Refused, 403: Refused, 404: NotFound, 410: NotFound}
    return kinds.get(status, Malformed)(service, operation, cause)


def _is_rate_limit(headers: Mapping[str, str]) -> bool:
    """GitHub says 403 too when its limits are reached (REST API docs, "Rate limits", exceeding the rate limit)."""
    return headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """The seconds that `Retry-After` gives (RFC 9110, section 10.2.3); None for a date or anything else."""
    seconds = headers.get("retry-after", "")
    return int(seconds) if re.fullmatch(r"[0-9]{1,7}", seconds) else None

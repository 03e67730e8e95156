"""Conditional requests: what a client has already is not sent again.

Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api, conditional requests.
"""

import re
from hashlib import sha256
from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators.routes import Answer, Request

_ETAG = re.compile(r'(?:W/)?("[^"]*")')


def conditional(request: Request, answer: Answer) -> Answer:
    """The answer with the ETag of its body, or 304 without one for a client that has it. Of a GET with 200 only."""
    if request.method != "GET" or answer.status != HTTPStatus.OK:
        return answer
    tag = f'"{sha256(msgspec.json.encode(answer.body)).hexdigest()}"'
    headers = {"ETag": f"W/{tag}"}
    if tag in _ETAG.findall(request.headers.get("if-none-match", "")):
        return Answer(HTTPStatus.NOT_MODIFIED, None, headers)
    return msgspec.structs.replace(answer, headers={**answer.headers, **headers})

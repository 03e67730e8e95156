"""Jira's REST API on loopback, as Cloud or as Data Center: the part that deploys use, with the site behind it.

    with JiraEmulator(Jira(users={"ada@acme.example:token": User("Ada", "ada@acme.example")})) as jira: … jira.url …

A credential is `email:token` for Basic (Data Center: `name:password`), and the token alone for Bearer. The tests hold
Cloud's answers against Atlassian's own description; there is none of Data Center, whose answers follow
https://developer.atlassian.com/server/jira/platform/rest/.
"""

from http import HTTPStatus

import msgspec

from deploy_actions.rehearsal.emulators import (
    jira_accounts,
    jira_issues,
    jira_notes,
    jira_projects,
    jira_search,
)
from deploy_actions.rehearsal.emulators.jira_gate import FAILED, HTML, user_of
from deploy_actions.rehearsal.emulators.jira_state import Issue, Jira, User
from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

__all__ = ["Issue", "Jira", "JiraEmulator", "User"]


class JiraEmulator(Emulator[Jira]):
    """Jira's API at `url`, which takes the place of the site's address."""

    routes = Routes(
        *jira_accounts.ROUTES,
        *jira_issues.ROUTES,
        *jira_notes.ROUTES,
        *jira_projects.ROUTES,
        *jira_search.ROUTES,
    )

    def guard(self, request: Request, /) -> None:
        """Raises Refusal when Jira is down or limits, and for version 3 of the API, which Data Center does not have."""
        if self.state.down:
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, "<html>Service Unavailable</html>", HTML))
        if self.state.rate_limited > 0:
            self.state.rate_limited -= 1
            raise Refusal(self._limited())
        if self.state.flavour == "data-center" and request.path.startswith("/rest/api/3/"):
            raise Refusal(self.missing(request))

    def missing(self, request: Request, /) -> Answer:
        """404 in the words of Atlassian's REST framework."""
        return Answer(HTTPStatus.NOT_FOUND, {"message": f"null for uri: {request.url}", "status-code": 404})

    def dressed(self, request: Request, answer: Answer, /) -> Answer:
        """The answer as Jira's JSON, unless it is HTML; a wrong credential shows in the headers alone on Cloud."""
        limited = answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
        wrong = "authorization" in request.headers and not limited and user_of(self.state, request) is None
        headers = {"Content-Type": "application/json;charset=UTF-8", **(FAILED if wrong else {}), **answer.headers}
        return msgspec.structs.replace(answer, headers=headers)

    def _limited(self) -> Answer:
        headers = {"Retry-After": "1", "X-RateLimit-Remaining": "0"}
        if self.state.flavour == "data-center":
            return Answer(HTTPStatus.TOO_MANY_REQUESTS, {"message": "Rate limit exceeded."}, headers)
        body = {"errorMessages": ["Rate limit exceeded."], "errors": {}}
        return Answer(HTTPStatus.TOO_MANY_REQUESTS, body, {**headers, "RateLimit-Reason": "jira-burst-based"})

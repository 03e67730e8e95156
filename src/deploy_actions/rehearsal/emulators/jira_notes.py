"""Jira's routes about what is put beside an issue: remote links and comments."""

from datetime import UTC, datetime
from http import HTTPStatus

from deploy_actions.rehearsal.emulators.jira_gate import (
    JiraRoutes,
    Json,
    error,
    json_body,
    readable_issue,
    whole,
    writable_issue,
)
from deploy_actions.rehearsal.emulators.jira_shapes import api, moment, user_shape
from deploy_actions.rehearsal.emulators.jira_state import Issue, Jira, Note
from deploy_actions.rehearsal.emulators.routes import Answer, Request

ROUTES = JiraRoutes()
_LONGEST_LINK_TEXT, _LONGEST_COMMENT = 255, 32767
_COMMENTS_ON_A_PAGE = 100
_IDS_OF_AN_ISSUE = 1000


@ROUTES.both("GET", "issue/{issueIdOrKey}/remotelink")
def get_remote_links(jira: Jira, request: Request) -> Answer:
    """Every remote link of an issue, or the one with the `globalId` of the query."""
    issue = jira.issues[readable_issue(jira, request)]
    links = [_link(jira, request, issue, place) for place in range(len(issue.remote_links))]
    wanted = request.query.get("globalId")
    if wanted is None:
        return Answer(HTTPStatus.OK, links)
    for link in links:
        if link.get("globalId") == wanted:
            return Answer(HTTPStatus.OK, link)
    raise error(HTTPStatus.NOT_FOUND, f"No remote issue link with the global id '{wanted}' exists for this issue.")


@ROUTES.both("POST", "issue/{issueIdOrKey}/remotelink")
def post_remote_link(jira: Jira, request: Request) -> Answer:
    """A new remote link (201), or another content for the one with the same `globalId` (200)."""
    issue, _ = writable_issue(jira, request)
    body = json_body(request)
    _check_link(body)
    own = body.get("globalId")
    places = (place for place, link in enumerate(issue.remote_links) if own and link.get("globalId") == own)
    place = next(places, len(issue.remote_links))
    status = HTTPStatus.CREATED if place == len(issue.remote_links) else HTTPStatus.OK
    issue.remote_links[place : place + 1] = [body]
    issue.touch()
    link = _link(jira, request, issue, place)
    return Answer(status, {"id": link["id"], "self": link["self"]})


@ROUTES.both("GET", "issue/{issueIdOrKey}/comment")
def get_comments(jira: Jira, request: Request) -> Answer:
    """A page of an issue's comments, the oldest first."""
    issue = jira.issues[readable_issue(jira, request)]
    start, most = whole(request.query, "startAt", 0), whole(request.query, "maxResults", _COMMENTS_ON_A_PAGE)
    places = range(len(issue.comments))[start : start + most]
    comments = [_comment(jira, request, issue, place) for place in places]
    counts = {"startAt": start, "maxResults": most, "total": len(issue.comments)}
    return Answer(HTTPStatus.OK, {**counts, "comments": comments})


@ROUTES.both("POST", "issue/{issueIdOrKey}/comment")
def post_comment(jira: Jira, request: Request) -> Answer:
    """A new comment: a document under version 3 of the API, text under version 2."""
    issue, user = writable_issue(jira, request)
    body = json_body(request)
    content = body.get("body")
    if not (_is_document(content) if _is_rich(request) else isinstance(content, str) and content.strip()):
        raise error(HTTPStatus.BAD_REQUEST, comment="Comment body is not valid!")
    if len(_text(content)) > _LONGEST_COMMENT:
        message = f"The entered text is too long. It exceeds the allowed limit of {_LONGEST_COMMENT:,} characters."
        raise error(HTTPStatus.BAD_REQUEST, comment=message)
    issue.comments.append({**body, "author": user.account_id, "created": moment(datetime.now(UTC))})
    issue.touch()
    return Answer(HTTPStatus.CREATED, _comment(jira, request, issue, len(issue.comments) - 1))


def _check_link(body: Json) -> None:
    about = body.get("object")
    given = about if isinstance(about, dict) else {}
    wrong = {name: f"'{name}' is required." for name in ("url", "title") if not isinstance(given.get(name), str)}
    for name, text in (("globalId", body.get("globalId")), ("title", given.get("title"))):
        if isinstance(text, str) and len(text) > _LONGEST_LINK_TEXT:
            wrong[name] = f"'{name}' must not be longer than {_LONGEST_LINK_TEXT} characters."
    if wrong:
        raise error(HTTPStatus.BAD_REQUEST, **wrong)


def _link(jira: Jira, request: Request, issue: Issue, place: int) -> Json:
    key, own = _key_and_id(jira, issue, place)
    return {"id": own, "self": f"{api(request)}/issue/{key}/remotelink/{own}", **issue.remote_links[place]}


def _comment(jira: Jira, request: Request, issue: Issue, place: int) -> Json:
    key, own = _key_and_id(jira, issue, place)
    note, created = issue.comments[place], issue.comments[place].get("created", moment(issue.updated))
    author = _author(jira, request, note)
    body = note.get("body", "")
    return {
        "self": f"{api(request)}/issue/{jira.id_of(key)}/comment/{own}",
        "id": str(own),
        "author": author,
        "body": (body if _is_document(body) else _document(_text(body))) if _is_rich(request) else _text(body),
        "updateAuthor": author,
        "created": created,
        "updated": created,
        **({"jsdPublic": True} if jira.flavour == "cloud" else {}),
        **({"visibility": note["visibility"]} if "visibility" in note else {}),
    }


def _author(jira: Jira, request: Request, note: Note) -> Json:
    users = (user for user in jira.users.values() if user.account_id == note.get("author"))
    return next((user_shape(jira, api(request), user) for user in users), {})


def _key_and_id(jira: Jira, issue: Issue, place: int) -> tuple[str, int]:
    key = next(key for key, one in jira.issues.items() if one is issue)
    return key, jira.id_of(key) * _IDS_OF_AN_ISSUE + place


def _is_rich(request: Request) -> bool:
    return request.path.startswith("/rest/api/3/")


def _is_document(content: object) -> bool:
    """Whether it is a document of the Atlassian Document Format, whose texts may not be empty."""
    outermost = isinstance(content, dict) and content.get("type") == "doc" and content.get("version") == 1
    return outermost and isinstance(content, dict) and "content" in content and _are_nodes(content["content"])


def _are_nodes(nodes: object) -> bool:
    return isinstance(nodes, list) and all(
        isinstance(node, dict)
        and isinstance(node.get("type"), str)
        and (node["type"] != "text" or (isinstance(node.get("text"), str) and node["text"] != ""))
        and _are_nodes(node.get("content", []))
        for node in nodes
    )


def _document(text: str) -> Json:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def _text(content: object) -> str:
    """The text alone, a line for each node of the outermost level."""
    if not isinstance(content, dict):
        return str(content)
    inner = "\n" if content.get("type") == "doc" else ""
    return str(content.get("text", "")) + inner.join(_text(node) for node in content.get("content", []))

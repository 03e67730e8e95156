"""What is written on an issue: a remote link; and a comment, a document (ADF) on Cloud, wiki text on Data Center."""

from typing import Any

import msgspec

_APPLICATION = "deploy-actions"
_LONGEST_TITLE = 255
"""Characters of a remote link's title that Jira takes."""


class Deploy(msgspec.Struct, frozen=True, kw_only=True):
    """What was deployed where, by which run, and what came of it."""

    run_url: str
    environment: str
    version: str
    outcome: str
    note: str

    @property
    def title(self) -> str:
        """One line for people."""
        title = f"Deploy of {self.version or 'this issue'} to {self.environment}: {self.outcome}"
        return title[:_LONGEST_TITLE]


def remote_link(deploy: Deploy) -> dict[str, Any]:
    """A remote link whose `globalId` is that of the run and the environment: a re-run changes it and adds none.

    Source: Jira REST API, "Create or update remote issue link".
    """
    return {
        "globalId": f"{_APPLICATION}={deploy.run_url.partition('/attempts/')[0]}&environment={deploy.environment}",
        "application": {"type": _APPLICATION, "name": "Deploys"},
        "relationship": "deployed by",
        "object": {
            "url": deploy.run_url,
            "title": deploy.title,
            "status": {"resolved": deploy.outcome == "success"},
        },
    }


def comment(deploy: Deploy, *, document: bool) -> Any:
    """The body of a comment."""
    if not document:
        note = f"Note: {_without_markup(deploy.note)}" if deploy.note else ""
        return "\n".join(filter(None, (_without_markup(deploy.title), note, deploy.run_url)))
    lines = [deploy.title, *([deploy.note] if deploy.note else [])]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
    link = {"type": "text", "text": deploy.run_url, "marks": [{"type": "link", "attrs": {"href": deploy.run_url}}]}
    return {"type": "doc", "version": 1, "content": [*paragraphs, {"type": "paragraph", "content": [link]}]}


def is_about(deploy: Deploy, body: object) -> bool:
    """Whether a comment names the very run, and where it deployed to."""
    text = msgspec.json.encode(body).decode()
    environment = _without_markup(deploy.environment) if isinstance(body, str) else deploy.environment
    where = msgspec.json.encode(f" to {environment}: ").decode().strip('"')
    return where in text and (f'{deploy.run_url}"' in text or f"{deploy.run_url}\\n" in text)


def _without_markup(text: str) -> str:
    """Wiki text, one line, in which nothing is mark-up, a mention or a macro; it must not begin a line (`h1.`)."""
    line = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\{}[]*_+-^~!|#?@" else character for character in line)

"""Names the environment variables that every deploy command gets besides its secrets."""

PASSED_ON = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "TERM", "LANG", "LANGUAGE", "LC_*", "CI"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("GITHUB_ACTIONS", "GITHUB_ACTOR", "GITHUB_ACTOR_ID", "GITHUB_TRIGGERING_ACTOR", "GITHUB_EVENT_NAME"),
    *("GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER", "GITHUB_REPOSITORY_OWNER_ID"),
    *("GITHUB_SHA", "GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REF_TYPE", "GITHUB_REF_PROTECTED"),
    *("GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "GITHUB_WORKFLOW"),
    *("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_WORKSPACE"),
    *("RUNNER_ARCH", "RUNNER_OS", "RUNNER_NAME", "RUNNER_ENVIRONMENT", "RUNNER_TEMP", "RUNNER_TOOL_CACHE"),
    *("RUNNER_DEBUG", "RUNNER_TRACKING_ID"),
)
"""What a program needs of its host, and which run it belongs to. `NAME*` is a prefix.

Left out on purpose: the runner's files (`GITHUB_ENV`, `GITHUB_PATH`, `GITHUB_OUTPUT`, …), by which a program could
steer later steps; `ACTIONS_*`, which holds tokens; `INPUT_*`; and all that steers an interpreter or the loader.
`RUNNER_TRACKING_ID` lets the runner end what the command leaves behind (actions/runner, JobExtension).
"""

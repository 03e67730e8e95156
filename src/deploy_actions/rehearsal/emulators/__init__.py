"""Stateful emulators on loopback: GitHub's and Jira's REST APIs, and the runner's OIDC issuer.

`github`, `jira` and `oidc` are for tests and rehearsals to import; `server` and `routes` are what they share. A new
endpoint is a function under a route.
"""

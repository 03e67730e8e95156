"""Stateful emulators on loopback: GitHub's, Jira's and Prometheus's APIs, the runner's OIDC issuer, a service.

`github`, `jira`, `prometheus`, `oidc` and `instances` are for tests and rehearsals to import; `server` and `routes` are
what they share. A new endpoint is a function under a route.
"""

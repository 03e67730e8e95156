"""Reusable GitHub Actions for controlled production deploys on self-hosted runners."""

__version__ = "0.1.0"

"""Runs the real reusable workflow and the real actions on this machine, with the workflow engine act, and no network."""

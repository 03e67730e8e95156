"""Runs the real reusable workflow and the real actions on this machine, with the engine act and no network."""

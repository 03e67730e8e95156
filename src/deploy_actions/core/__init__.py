"""Declarations, verdicts, ports and redaction: what every action stands on. No input, no output."""

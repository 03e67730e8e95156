"""Where a server is."""

import msgspec


class Address(msgspec.Struct, frozen=True):
    """A host and a port, as `db.example:5432`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

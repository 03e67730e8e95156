"""The real outside worlds, one file per port: each has `connect(world)`. The only importers of sockets and processes."""

"""The real outside worlds, one file per port: each has `connect(world)`. Only they open sockets."""

"""The port `Probes`: a target asked over real sockets and with real programs."""

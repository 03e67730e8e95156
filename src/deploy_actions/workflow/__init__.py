"""The runner's protocol: commands, files, masks and context. Nothing else in the project writes it."""

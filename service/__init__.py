"""One running TorchServe: its configuration, start, stop, state, versions, and a client."""

"""E-mail: what the desk writes to people. Queued with what it tells of, sent by a worker beside the server."""

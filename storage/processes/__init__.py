"""Processes that share a database: leases, the registry of processes, and signals between them."""

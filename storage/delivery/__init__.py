"""Issues and the ledger of their deliveries, and what changes them later."""

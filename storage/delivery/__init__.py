"""Issues, the outbox and the ledger of deliveries; corrections, retractions and announcements."""

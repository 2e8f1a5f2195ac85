"""Pure Vietnamese language code: no network, database, clock or randomness in here."""

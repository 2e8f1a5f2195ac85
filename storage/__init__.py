"""Tables, the engine, migrations and one module a noun: what the database holds and every query on it."""
